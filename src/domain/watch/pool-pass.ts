import type { VmEvent } from '../vm/record.ts'
import type { VmState } from '../vm/state.ts'
import type { ExpectedVm } from './cloud-pass.ts'

/** A worker as its ads in the pool show it. */
export interface SeenWorker {
  vm: string
  /** The partitionable slot is drained: nothing runs and nothing can start. */
  drained: boolean
  /** A drain was asked for and is not yet finished. */
  draining: boolean
  /** Slots with a claim on them. */
  claims: number
  /** Jobs started in the worker's life. */
  jobStarts: number
  /** Why the worker itself says that it is of no use. */
  unusable?: string
  /** VMKeepAlive of the jobs on it now, minutes. */
  keepaliveMinutes?: number
}

export interface ExpectedWorker extends ExpectedVm {
  /** How long it waits for another job, ms; jobs that it has had may have changed it. */
  keepaliveMs: number
}

/** What the watch remembers of a worker between two looks; a watch that starts afresh only makes workers wait a little longer. */
export interface WorkerMemory {
  emptySince?: number
  keepaliveMs?: number
  hadJob: boolean
  /** How often in a row it was missing, and since when. */
  missing: number
  missingSince?: number
  /** Since when a worker that is to drain shows no sign of it. */
  undrainedSince?: number
}

/** The circumstances of one look. */
export interface PoolMoment {
  at: number
  /** Jobs that wait in the queue; `undefined` if the queue did not answer, which counts as "some". */
  idleJobs: number | undefined
  /** A worker that serves and has been missing for this long has left for good, ms. */
  leftAfterMs: number
  /** Names of the machines on which the queue believes jobs to run; `undefined` if that is not known. */
  busy: ReadonlySet<string> | undefined
  /** The site's limit for any keepalive. */
  keepaliveCapMs: number
  /** False while the collector has run too short to have heard of everyone: who is missing then is unknown. */
  settled: boolean
}

export interface PoolPass {
  events: { vm: string; event: VmEvent }[]
  memory: Map<string, WorkerMemory>
}

const looksBeforeAbsent = 2

/** A worker that was just asked to drain shows it only in its next ad, ms. */
const drainShowsAfter = 5000

/**
 * Compares a successful look at the pool with the VMs that are expected in it.
 */
export function poolPass(
  expected: ExpectedWorker[],
  workers: SeenWorker[],
  before: ReadonlyMap<string, WorkerMemory>,
  now: PoolMoment,
): PoolPass {
  const byName = new Map(workers.map((worker) => [worker.vm, worker]))
  const events: PoolPass['events'] = []
  const memory = new Map<string, WorkerMemory>()
  for (const vm of expected) {
    const worker = byName.get(vm.vm)
    const remembered = remember(before.get(vm.vm), vm.state, worker, now)
    memory.set(vm.vm, remembered)
    const event = eventOf(vm, worker, remembered, now)
    if (event !== undefined) events.push({ vm: vm.vm, event: { ...event, seenIn: vm.state } })
  }
  return { events, memory }
}

function remember(
  old: WorkerMemory | undefined,
  state: VmState,
  worker: SeenWorker | undefined,
  { at, keepaliveCapMs, settled }: PoolMoment,
): WorkerMemory {
  const hadJob = (old?.hadJob ?? false) || (worker !== undefined && (worker.claims > 0 || worker.jobStarts > 0))
  const kept = worker?.keepaliveMinutes === undefined ? old?.keepaliveMs : worker.keepaliveMinutes * 60_000
  const keepaliveMs = kept === undefined ? undefined : Math.min(kept, keepaliveCapMs)
  if (worker === undefined) {
    return {
      hadJob,
      missing: settled ? (old?.missing ?? 0) + 1 : 0,
      ...(settled && { missingSince: old?.missingSince ?? at }),
      ...(keepaliveMs !== undefined && { keepaliveMs }),
    }
  }
  // a job that came and went between two looks ends a wait as well; the number of starts would tell, the next look will
  return {
    hadJob,
    missing: 0,
    ...(keepaliveMs !== undefined && { keepaliveMs }),
    ...(worker.claims === 0 && { emptySince: old?.emptySince ?? at }),
    ...(state === 'draining' && !worker.draining && !worker.drained && { undrainedSince: old?.undrainedSince ?? at }),
  }
}

function eventOf(
  { vm, state, keepaliveMs }: ExpectedWorker,
  worker: SeenWorker | undefined,
  remembered: WorkerMemory,
  now: PoolMoment,
): VmEvent | undefined {
  const { at, idleJobs } = now
  if (worker === undefined) {
    return remembered.missing < looksBeforeAbsent
      ? undefined
      : eventOfMissing(vm, state, remembered.missingSince ?? at, now)
  }
  if (state === 'building' || state === 'booted') return { kind: 'joined', at }
  if (state === 'draining') {
    if (worker.drained) return { kind: 'drained', at }
    return remembered.undrainedSince === undefined || at - remembered.undrainedSince < drainShowsAfter
      ? undefined
      : { kind: 'drain-lost', at, note: 'the worker does not know of its drain; it is asked again' }
  }
  if (state !== 'serving') return undefined
  if (worker.unusable !== undefined) return { kind: 'retire', at, reason: 'ImageUnusable', note: worker.unusable }
  const emptyFor = remembered.emptySince === undefined ? 0 : at - remembered.emptySince
  // a worker that never had a job waits for its first as long as jobs wait: the limit for that is another
  const mayGo = remembered.hadJob || idleJobs === 0
  if (worker.claims === 0 && mayGo && emptyFor >= (remembered.keepaliveMs ?? keepaliveMs)) return { kind: 'empty', at }
  return remembered.hadJob ? { kind: 'first-job', at } : undefined
}

/** What a missing ad means, if the queue does not know of a job there: a worker that only cannot reach the collector has its jobs still. */
function eventOfMissing(
  vm: string,
  state: VmState,
  since: number,
  { at, busy, leftAfterMs }: PoolMoment,
): VmEvent | undefined {
  if (busy === undefined || busy.has(vm)) return undefined
  if (state === 'draining') return { kind: 'not-in-pool', at, note: 'its ad has left the pool' }
  if (state !== 'serving' || at - since < leftAfterMs) return undefined
  const note = `it left the pool ${Math.round((at - since) / 1000)} s ago`
  return { kind: 'retire', at, reason: 'SelfShutdown', note }
}
