import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFirstProcess, readRecord } from '#testbed/guest/record.ts'
import { type GuestModeInput, type RunnerConfigInput, RunnerConfigSchema } from '#testbed/guest/runner-config.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { makeBridge } from '#testbed/instance/bridge.ts'
import { isRunning, type ProcessRef } from '#testbed/instance/process-table.ts'
import type { SiteCloud } from './site-cloud.ts'
import { together } from './together.ts'

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

/** The processes that turn ACTIVE servers into guests, one for each kind of guests: the site's hypervisors. */
export interface GuestRunner {
  readonly logFile: string
  daemons(): Daemon[]
  /** All guests of which anything is left. */
  guests(): SiteGuest[]
  /** SIGKILL; its guests go on. */
  kill(): Promise<void>
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, '..', 'guest', 'runner.ts')

interface GuestOptions {
  /** Root file system of real guests. */
  image: string | undefined
  shares: readonly string[]
}

export async function startGuestRunner(
  instance: Instance,
  clouds: readonly Pick<SiteCloud, 'guests' | 'hypervisorFolder'>[],
  options: GuestOptions,
): Promise<GuestRunner> {
  const logFile = join(instance.folder, 'guest-runner.log')
  const runners: { stateFolder: string; begin: () => Promise<Daemon> }[] = []
  for (const [kind, own] of Map.groupBy(clouds, ({ guests }) => guests)) {
    const stateFolder = join(instance.folder, 'guests', kind)
    mkdirSync(stateFolder, { recursive: true })
    const config: RunnerConfigInput = {
      instanceFolder: instance.folder,
      stateFolder,
      hypervisorFolders: own.map(({ hypervisorFolder }) => hypervisorFolder),
      scanMs: 250,
      ...(kind === 'guest' ? await guestMode(instance, options) : { mode: kind }),
    }
    const file = join(instance.folder, `runner-of-${kind}.json`)
    writeFileSync(file, JSON.stringify(RunnerConfigSchema.parse(config), null, 2))
    const argv = [process.execPath, MAIN, '--config', file] as const
    runners.push({ stateFolder, begin: () => spawnDaemon(instance, { name: 'guest runner', argv, logFile }) })
  }
  const begin = (): Promise<Daemon[]> => together(runners.map((runner) => runner.begin()))
  let daemons = await begin()
  return {
    logFile,
    daemons: () => daemons,
    guests: () => runners.flatMap(({ stateFolder }) => guestsIn(stateFolder)),
    kill: async () => void (await Promise.all(daemons.map((daemon) => daemon.kill()))),
    start: async () => {
      daemons = await begin()
    },
  }
}

async function guestMode(instance: Instance, { image, shares }: GuestOptions): Promise<GuestModeInput> {
  if (image === undefined) throw new Error('real guests need the image that they boot from')
  await makeBridge(instance)
  const { bridge, address } = instance.network
  return {
    mode: 'guest',
    image,
    bridge: bridge === undefined ? null : { name: bridge, gateway: address, prefixLength: 24 },
    shares: [...shares],
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
