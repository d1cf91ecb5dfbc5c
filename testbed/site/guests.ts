import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFirstProcess, readRecord } from '#testbed/guest/record.ts'
import type { RunnerConfigInput } from '#testbed/guest/runner-config.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { makeBridge } from '#testbed/instance/bridge.ts'
import { isRunning, type ProcessRef } from '#testbed/instance/process-table.ts'

/** A guest as its runner wrote it down. */
export interface SiteGuest {
  /** Id and name of its server. */
  id: string
  name: string
  /** console.log, and what its disk holds. */
  folder: string
  process: ProcessRef | undefined
  running: boolean
}

/** The process that turns ACTIVE servers into guests: the site's hypervisors. */
export interface GuestRunner {
  readonly logFile: string
  daemon(): Daemon
  /** All guests of which anything is left. */
  guests(): SiteGuest[]
  /** SIGKILL; its guests go on. */
  kill(): Promise<void>
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, '..', 'guest', 'runner.ts')

export async function startGuestRunner(
  instance: Instance,
  hypervisorFolders: readonly string[],
  /** Root file system of the guests; without it they are plain worker processes. */
  image: string | undefined,
): Promise<GuestRunner> {
  const stateFolder = join(instance.folder, 'guests')
  mkdirSync(stateFolder, { recursive: true })
  const { bridge, address } = instance.network
  const common = {
    instanceFolder: instance.folder,
    stateFolder,
    hypervisorFolders: [...hypervisorFolders],
    scanMs: 250,
  }
  if (image !== undefined) await makeBridge(instance)
  const config: RunnerConfigInput =
    image === undefined
      ? { ...common, mode: 'process' }
      : {
          ...common,
          mode: 'guest',
          image,
          bridge: bridge === undefined ? null : { name: bridge, gateway: address, prefixLength: 24 },
        }
  const file = join(instance.folder, 'guest-runner.json')
  writeFileSync(file, JSON.stringify(config, null, 2))
  const logFile = join(instance.folder, 'guest-runner.log')
  const begin = (): Promise<Daemon> =>
    spawnDaemon(instance, { name: 'guest runner', argv: [process.execPath, MAIN, '--config', file], logFile })
  let daemon = await begin()
  return {
    logFile,
    daemon: () => daemon,
    guests: () => guestsIn(stateFolder),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}

function guestsIn(stateFolder: string): SiteGuest[] {
  if (!existsSync(stateFolder)) return []
  return readdirSync(stateFolder).flatMap((id) => {
    const folder = join(stateFolder, id)
    const record = readRecord(folder)
    const first = readFirstProcess(folder)
    if (record === undefined && first === undefined) return []
    const running = first !== undefined && isRunning(first)
    return [{ id, name: record?.name ?? id, folder, process: first, running }]
  })
}
