import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRoot } from '#testbed/instance/folders.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { examineHost } from '#testbed/site/host.ts'
import type { Guests } from '#testbed/site/options.ts'
import { networkFor } from '#testbed/site/site.ts'
import { startCrashSite, type CrashSite } from '../e2e/crash-site.ts'
import { audit } from './audit/audit.ts'
import { workersOf, type Books } from './audit/books.ts'
import { readBooks } from './audit/read-books.ts'
import { restarts } from './audit/restarts.ts'
import { PLANNED_CLOUDS, stormyClouds } from './clouds.ts'
import { keepEvidence } from './evidence.ts'
import { faultKinds } from './faults/all.ts'
import { spoilableHost, type Host } from './faults/host.ts'
import { Journal } from './journal.ts'
import { measurable, MemoryWatch, type Memory } from './memory.ts'
import { makeNotesFolder, notesFolder } from './notes.ts'
import { People } from './people.ts'
import { planOf, type Form } from './plan.ts'
import { plantForeigners } from './plant.ts'
import { untilQuiet } from './quiet.ts'
import { recoveries, type Recovery } from './recovery.ts'
import { storm } from './storm.ts'
import { Observer } from './timeline.ts'

/**
 * As short as the faults allow: longer than a create may act late, a drain longer than any daemon is away, and a life
 * longer than a real guest takes to boot.
 */
const DEADLINES = {
  createCall: '5s',
  createLookup: '14s',
  building: '20s',
  join: '40s',
  firstJob: '40s',
  drain: '90s',
  lifetime: '25s',
}

/** Who compares the books does so often, and gives a server less time to go than the faults take to bring one. */
const CLEANUP = { every: '15s', grace: '20s', confirm: '3s' }

/** After the storm everything must be over within this. */
const QUIET_BOUND = 240_000

export interface SeedReport {
  seed: number
  /** By kind. */
  faults: Record<string, number>
  vms: number
  /** Of real guests: how many there were, and the jobs that were done on them; absent where this host can make none. */
  guests?: { vms: number; jobs: number }
  /** How often VMs ended for each reason. */
  reasons: Record<string, number>
  jobs: number
  /** Further starts of jobs, each with an excuse. */
  restarts: number
  breaches: string[]
  recoveries: Recovery[]
  /** Of the worker process. */
  memory: Memory
  /** Longest history of a VM, events. */
  longestHistory: number
  /** From the end of the storm until nothing was left, s. */
  quietAfter: number
  seconds: number
  /** Where the evidence is, if there is any breach. */
  evidence?: string
}

/** One whole life of a site, with everything that the seed says. */
export async function runSeed(seed: number, form: Form, say: (line: string) => void): Promise<SeedReport> {
  const begin = Date.now()
  const folder = mkdtempSync(join(tmpdir(), `canfar-chaos-${seed}-`))
  const journal = new Journal(join(folder, 'journal.jsonl'))
  const heapsFile = join(folder, 'heaps')
  const { instance, host, guests } = await machine(say)
  await using own = await startCrashSite({
    keepalive: '2s',
    deadlines: DEADLINES,
    cleanup: CLEANUP,
    clouds: stormyClouds(guests),
    shares: [notesFolder(instance)],
    instance,
    workerEnvironment: measurable(heapsFile),
    ...(host !== undefined && {
      stateFolder: host.state.path,
      temporalFolder: host.database.path,
      clock: host.clock,
    }),
  })
  const planted = await plantForeigners(own.site)
  const names = new Set(planted.map(({ name }) => name))
  const people = new People(own, journal, names)
  const clouds = Object.values(own.site.clouds)
  const plan = planOf(seed, form, faultKinds, PLANNED_CLOUDS)
  const memory = new MemoryWatch(own, heapsFile)
  const observer = new Observer(own)
  let over = 0
  let unquiet: string[]
  try {
    say(`seed ${seed}: ${plan.faults.length} faults in ${form.storm} s, journal in ${journal.file}`)
    await storm({ own, clouds, planted: names, host }, plan, people, journal)
    over = journal.entries.find(({ kind }) => kind === 'storm over')?.at ?? Date.now()
    unquiet = await untilQuiet(own, names, { earliest: echoes(journal), boundMs: QUIET_BOUND })
  } finally {
    await observer[Symbol.asyncDispose]()
    await memory[Symbol.asyncDispose]()
  }
  const quietAfter = Math.round((Date.now() - over) / 1000)
  const books = await readBooks(own, { journal, people, planted, unquiet })
  const breaches = audit(books)
  const measured = memory.tenths()
  const failed = breaches.length > 0
  if (failed) await keepEvidence(own, folder, books, breaches)
  else rmSync(folder, { recursive: true })
  return {
    seed,
    ...counts(books),
    ...(guests === 'guest' && { guests: onGuests(own, books) }),
    breaches,
    recoveries: recoveries(books, observer.timeline),
    memory: measured,
    quietAfter,
    seconds: Math.round((Date.now() - begin) / 1000),
    ...(failed && { evidence: folder }),
  }
}

/** The site's own; as root with disks that can be filled and a clock that can be set, and with real guests where they can be. */
async function machine(
  say: (line: string) => void,
): Promise<{ instance: Instance; host: Host | undefined; guests: Guests }> {
  const { guests, why } = await examineHost(undefined, say)
  if (why !== undefined) say(`all worker VMs will be plain processes: ${why}`)
  const instance = await createInstance({ network: networkFor(guests) })
  try {
    makeNotesFolder(instance)
    return { instance, guests, host: isRoot() ? await spoilableHost(instance) : undefined }
  } catch (error) {
    await endInstance(instance)
    throw error
  }
}

/** Until when something that a fault has set going may still happen. */
const echoes = ({ entries }: Journal): number =>
  Math.max(
    0,
    ...entries.flatMap(({ what, kind, at }) => {
      const echo = faultKinds.find((one) => one.kind === kind)?.echo
      return what === 'heal' && echo !== undefined ? [at + echo * 1000] : []
    }),
  )

function counts(books: Books) {
  const tally = (words: string[]): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]))
  const vms = books.workflows.filter(({ type }) => type === 'vmLifecycle')
  return {
    faults: tally(books.journal.flatMap(({ what, kind }) => (what === 'fault' ? [kind] : []))),
    vms: books.clouds.flatMap((cloud) => workersOf(cloud, books.planted)).length,
    reasons: tally(vms.map(({ reason = 'none' }) => reason)),
    jobs: books.jobs.length,
    restarts: restarts(books).length,
    longestHistory: Math.max(0, ...vms.map(({ events }) => events)),
  }
}

function onGuests({ site }: CrashSite, { clouds, planted, runs }: Books): { vms: number; jobs: number } {
  const real = clouds.filter(({ name }) => site.clouds[name]?.guests === 'guest')
  const vms = new Set(real.flatMap((cloud) => workersOf(cloud, planted).map(({ name }) => name)))
  const done = runs.filter(({ vm, ended }) => ended !== undefined && vms.has(vm))
  return { vms: vms.size, jobs: new Set(done.map(({ job }) => job)).size }
}
