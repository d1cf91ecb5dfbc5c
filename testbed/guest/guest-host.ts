import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, linkSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { MARK } from '#testbed/instance/clean-up.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { isRunning, type ProcessRef } from '#testbed/instance/process-table.ts'
import { ALREADY_RUNNING, type GuestKind } from './guest-kind.ts'
import { type GuestRecord, readFirstProcess, writeRecord } from './record.ts'
import type { Server } from './server-file.ts'

/** What a host does with guests, one at a time for each; every step may be repeated after a crash in its middle. */
export class GuestHost {
  readonly #kind: GuestKind
  readonly #instance: Instance
  readonly #stateFolder: string
  /** Called when a guest that this process started has ended. */
  readonly #onEnd: (id: string) => void

  constructor(kind: GuestKind, instance: Instance, stateFolder: string, onEnd: (id: string) => void) {
    this.#kind = kind
    this.#instance = instance
    this.#stateFolder = stateFolder
    this.#onEnd = onEnd
  }

  folder(id: string): string {
    return join(this.#stateFolder, id)
  }

  async create(server: Server, hypervisorFolder: string): Promise<GuestRecord> {
    const folder = this.folder(server.id)
    // Without a record nothing has run: what is here is half of an earlier attempt.
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await this.#kind.prepare(server, folder)
    const consolePath = join(hypervisorFolder, `${server.id}.console`)
    rmSync(consolePath, { force: true })
    showConsole(join(folder, 'console.log'), consolePath)
    return { id: server.id, name: server.name, hypervisorFolder, state: 'ready', ledgerKeys: [] }
  }

  /** Starts the guest's first process and returns once it has written itself down. */
  async boot(server: Server, record: GuestRecord): Promise<ProcessRef> {
    const folder = this.folder(server.id)
    const { ledger } = this.#instance
    rmSync(join(folder, 'pid'), { force: true })
    rmSync(join(record.hypervisorFolder, `${server.id}.off`), { force: true })
    this.#forget(record)
    const key = ledger.intend({ kind: 'process', name: `guest ${server.name}` })
    const links = this.#kind.links(server).map((name) => ledger.intend({ kind: 'link', name }))
    record.ledgerKeys = [key, ...links]
    record.state = 'ready'
    writeRecord(folder, record)
    const child = this.#spawn(server, folder)
    const first = await firstProcess(child, folder)
    ledger.made(key, first)
    child.once('exit', () => this.#onEnd(server.id))
    return first
  }

  #spawn(server: Server, folder: string): ChildProcess {
    const { argv, env } = this.#kind.start(server, folder)
    const [file, ...args] = argv
    const console = openSync(join(folder, 'console.log'), 'a', 0o644)
    try {
      const child = spawn(file, args, {
        detached: true,
        stdio: ['ignore', console, console],
        env: { PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`, ...env, [MARK]: this.#instance.id },
      })
      child.unref()
      return child
    } finally {
      closeSync(console)
    }
  }

  /** Tells the cloud that the guest's first process ended by itself. */
  report(record: GuestRecord): void {
    const path = join(record.hypervisorFolder, `${record.id}.off`)
    writeFileSync(path, JSON.stringify({ at: new Date().toISOString() }))
    record.state = 'ended'
    writeRecord(this.folder(record.id), record)
  }

  async stop(record: GuestRecord): Promise<void> {
    await this.#end(record.id)
    record.state = 'stopped'
    writeRecord(this.folder(record.id), record)
    rmSync(join(record.hypervisorFolder, `${record.id}.off`), { force: true })
  }

  /** Removes a guest of which only the id may be left. */
  async destroy(id: string, record: GuestRecord | undefined): Promise<void> {
    await this.#end(id)
    if (record !== undefined) {
      rmSync(join(record.hypervisorFolder, `${id}.off`), { force: true })
      rmSync(join(record.hypervisorFolder, `${id}.console`), { force: true })
    }
    await rm(this.folder(id), { recursive: true, force: true, maxRetries: 3 })
    if (record !== undefined) this.#forget(record)
  }

  async #end(id: string): Promise<void> {
    const first = readFirstProcess(this.folder(id))
    if (first !== undefined && isRunning(first)) await this.#kind.end(first)
    for (const link of this.#kind.links({ id })) await untilLinkGone(link)
  }

  #forget(record: GuestRecord): void {
    for (const key of record.ledgerKeys) this.#instance.ledger.removed(key)
    record.ledgerKeys = []
  }
}

/** Under a second name of the same file where it can have one: a cloud's services may see their own folders alone. */
function showConsole(log: string, path: string): void {
  closeSync(openSync(log, 'a', 0o644))
  try {
    linkSync(log, path)
  } catch {
    symlinkSync(log, path)
  }
}

async function firstProcess(child: ChildProcess, folder: string): Promise<ProcessRef> {
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code)
  for (let waited = 0; waited < 5_000; waited += 5) {
    const first = readFirstProcess(folder)
    if (first !== undefined) return first
    const code = await Promise.race([exited, sleep(5, 'waiting' as const)])
    if (code === 'waiting') continue
    // Started by a runner that was killed before it knew.
    const other = readFirstProcess(folder)
    if (other !== undefined && (code === ALREADY_RUNNING || other.pid === child.pid)) return other
    throw new Error(`its start ended with ${String(code)}, see ${folder}/console.log`)
  }
  throw new Error(`its first process did not write itself down, see ${folder}/console.log`)
}

/** A cable goes with the network name space that its other end is in, but the kernel takes its time over it. */
async function untilLinkGone(link: string): Promise<void> {
  const exists = (): boolean => existsSync(`/sys/class/net/${link}`)
  for (let waited = 0; exists() && waited < 1_000; waited += 20) await sleep(20)
  if (exists()) await execa('ip', ['link', 'del', 'dev', link], { reject: false })
}
