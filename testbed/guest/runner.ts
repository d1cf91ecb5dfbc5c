import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '#domain/problem.ts'
import { openInstance } from '#testbed/instance/instance.ts'
import { isRunning, type ProcessRef } from '#testbed/instance/process-table.ts'
import { withLock } from '#testbed/instance/lock.ts'
import { decide, type Step } from './decide.ts'
import { GuestHost } from './guest-host.ts'
import type { GuestKind } from './guest-kind.ts'
import { overlayGuests, whyNoGuests } from './overlay-guest.ts'
import { processGuests } from './process-guest.ts'
import { type GuestRecord, readFirstProcess, readRecord } from './record.ts'
import { type RunnerConfig, type RunnerConfigInput, RunnerConfigSchema } from './runner-config.ts'
import { type Found, ServerFolders, type Wanted } from './server-folders.ts'
import { Turns } from './turns.ts'

export interface GuestView {
  id: string
  name: string
  state: GuestRecord['state']
  /** Its own folder: console.log, and what its disk holds (`upper/`, `ephemeral0`). */
  folder: string
  process: ProcessRef | undefined
  running: boolean
}

export interface Runner {
  guests(): GuestView[]
  /** Leaves; the guests go on and the next runner finds them. */
  stop(): Promise<void>
}

interface Guest {
  record: GuestRecord | undefined
  first: ProcessRef | undefined
}

/**
 * Turns what clouds say should be running into guests, until it is stopped. Only one runner works on a state folder at
 * a time; a second one waits for the first to end.
 * @throws {@link Problem} `NoGuests` if this host or account can't make guests of the mode asked for
 */
export async function startRunner(input: RunnerConfigInput, log: (line: string) => void = () => {}): Promise<Runner> {
  const config = RunnerConfigSchema.parse(input)
  const reason = config.mode === 'guest' ? await whyNoGuests(config.stateFolder) : undefined
  if (reason !== undefined) {
    const next = 'Use plain worker processes: "mode": "process"'
    throw new Problem({ code: 'NoGuests', kind: 'failure', message: `no guests can be made here: ${reason}`, next })
  }
  const kind = config.mode === 'guest' ? overlayGuests(config) : await processGuests(config, log)
  for (const folder of [config.stateFolder, ...config.hypervisorFolders]) mkdirSync(folder, { recursive: true })
  const { promise: ready, resolve: begin } = Promise.withResolvers<void>()
  const { promise: left, resolve: leave } = Promise.withResolvers<void>()
  const held = withLock(`runner ${config.stateFolder}`, () => (begin(), left))
  await Promise.race([ready, held])
  const loop = new Loop(config, kind, log)
  loop.begin()
  return {
    guests: () => loop.guests(),
    stop: async () => {
      await loop.end()
      leave()
      await held
    },
  }
}

class Loop {
  readonly #config: RunnerConfig
  readonly #log: (line: string) => void
  readonly #host: GuestHost
  readonly #folders: ServerFolders
  readonly #guests = new Map<string, Guest>()
  readonly #turns: Turns
  readonly #complaints = new Map<string, string>()
  #wanted: Wanted = { servers: new Map(), read: new Set(), unclear: new Set() }
  #stops: (() => void)[] = []

  constructor(config: RunnerConfig, kind: GuestKind, log: (line: string) => void) {
    this.#config = config
    this.#log = log
    this.#folders = new ServerFolders(config.hypervisorFolders, log)
    this.#turns = new Turns(config.parallelBoots)
    this.#host = new GuestHost(kind, openInstance(config.instanceFolder), config.stateFolder, (id) => this.#look(id))
  }

  begin(): void {
    for (const id of readdirSync(this.#config.stateFolder)) {
      const folder = this.#host.folder(id)
      this.#guests.set(id, { record: readRecord(folder), first: readFirstProcess(folder) })
    }
    const scan = (): void => this.#scan()
    const timer = setInterval(scan, this.#config.scanMs)
    const watchers = this.#config.hypervisorFolders.map((folder) => watch(folder, { persistent: false }, scan))
    this.#stops = [() => clearInterval(timer), ...watchers.map((watcher) => () => watcher.close())]
    // A folder that is removed is noticed by the scan; its watcher has nothing to add.
    for (const watcher of watchers) watcher.on('error', () => watcher.close())
    scan()
  }

  async end(): Promise<void> {
    for (const stop of this.#stops) stop()
    await this.#turns.close()
  }

  guests(): GuestView[] {
    return [...this.#guests].flatMap(([id, { record, first }]) =>
      record === undefined
        ? []
        : [
            {
              id,
              name: record.name,
              state: record.state,
              folder: this.#host.folder(id),
              process: first,
              running: first !== undefined && isRunning(first),
            },
          ],
    )
  }

  #scan(): void {
    this.#wanted = this.#folders.read()
    for (const id of new Set([...this.#wanted.servers.keys(), ...this.#guests.keys()])) this.#look(id)
  }

  /** What is to be done about one server; starts doing it unless something is under way for it. */
  #look(id: string): void {
    if (this.#turns.isBusy(id) || this.#wanted.unclear.has(id)) return
    const found = this.#wanted.servers.get(id)
    const guest = this.#guests.get(id)
    const step = this.#decide(id, found, guest)
    if (step === 'nothing') return
    this.#turns.take(id, async () => {
      try {
        await this.#act(step, id, found)
        this.#complaints.delete(id)
      } catch (error) {
        const complaint = `${found?.server.name ?? id}: ${step} failed: ${error instanceof Error ? error.message : String(error)}`
        if (this.#complaints.get(id) !== complaint) this.#log(complaint)
        this.#complaints.set(id, complaint)
      }
    })
  }

  #decide(id: string, found: Found | undefined, guest: Guest | undefined): Step {
    const record = guest?.record
    // A folder that can't be read says nothing about its servers.
    if (found === undefined && record !== undefined && !this.#wanted.read.has(record.hypervisorFolder)) return 'nothing'
    return decide({
      wanted: found?.server.power ?? 'absent',
      state: record?.state,
      started: guest?.first !== undefined,
      running: guest?.first !== undefined && isRunning(guest.first),
      reportedOff: record?.state === 'ended' && existsSync(join(record.hypervisorFolder, `${id}.off`)),
    })
  }

  async #act(step: Step, id: string, found: Found | undefined): Promise<void> {
    const guest = this.#guests.get(id) ?? { record: undefined, first: undefined }
    const { record } = guest
    const start = performance.now()
    if (step === 'destroy') {
      await this.#host.destroy(id, record)
      this.#guests.delete(id)
    } else if (step === 'report' && record !== undefined) {
      this.#host.report(record)
    } else if (step === 'stop' && record !== undefined) {
      await this.#host.stop(record)
      guest.first = undefined
    } else if (found !== undefined) {
      guest.record = record ?? (await this.#host.create(found.server, found.folder))
      guest.first = undefined
      this.#guests.set(id, guest)
      guest.first = await this.#host.boot(found.server, guest.record)
    }
    this.#log(`${record?.name ?? found?.server.name ?? id}: ${step} (${Math.round(performance.now() - start)} ms)`)
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } })
  if (values.config === undefined) throw new Error('usage: runner.ts --config FILE.json')
  const config = RunnerConfigSchema.parse(JSON.parse(readFileSync(values.config, 'utf8')))
  const runner = await startRunner(config, (line) => console.log(`${new Date().toISOString()} ${line}`))
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void runner.stop().then(() => process.exit(0)))
}

if (import.meta.main) await main()
