import type { FaultKind } from './faults/kind.ts'
import { Random } from './random.ts'

/** How much of everything. */
export interface Form {
  /** s */
  storm: number
  /** Mean time between two faults, s. */
  faultEvery: number
  /** Mean time between two submissions, s. */
  submitEvery: number
  /** Jobs of one submission, at most. */
  jobs: number
  /** Mean time between two acts of operators, s. */
  operateEvery: number
  /** Kinds of faults that are left out. */
  spared?: readonly string[]
}

export interface PlannedFault {
  n: number
  kind: string
  /** ms after the storm's beginning. */
  at: number
  lasts: number
  /** For what the fault itself draws. */
  seed: number
}

/** A cloud on which something can be done. */
export interface PlannedCloud {
  name: string
  /** How many it has at most; no submission that is bound to it has more jobs. */
  vms: number
}

export interface PlannedSubmission {
  at: number
  name: string
  jobs: number
  seconds: number
  flavor: string
  cloud: string | undefined
  /** What the user does to it later, ms after it was entered. */
  regret: { after: number; how: 'one job' | 'all jobs' | 'cancel' } | undefined
}

export type PlannedAct =
  | { at: number; act: 'retire'; pick: number }
  | { at: number; act: 'disable'; cloud: string; lasts: number }

export interface Plan {
  seed: number
  /** ms */
  storm: number
  faults: PlannedFault[]
  submissions: PlannedSubmission[]
  acts: PlannedAct[]
}

/** Flavors of two processors: VMs of one serve no jobs of another. */
export const FLAVORS = ['c2-7.5gb-31', 'p2-3gb'] as const

/** All that is done to a system in one storm; the same seed is the same storm. */
export function planOf(seed: number, form: Form, kinds: readonly FaultKind[], clouds: readonly PlannedCloud[]): Plan {
  const random = new Random(seed)
  const [forFaults, forUsers, forOperators] = [random.fork(), random.fork(), random.fork()]
  return {
    seed,
    storm: form.storm * 1000,
    faults: faultsOf(new Random(forFaults), form, kinds),
    submissions: submissionsOf(new Random(forUsers), form, clouds),
    acts: actsOf(new Random(forOperators), form, clouds),
  }
}

/** Dealt from a deck, so that in a long storm no kind is left out. */
function faultsOf(random: Random, form: Form, kinds: readonly FaultKind[]): PlannedFault[] {
  const wanted = kinds.filter(({ kind }) => !form.spared?.includes(kind))
  const deck = wanted.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  const count = Math.round(form.storm / form.faultEvery)
  const dealt: FaultKind[] = []
  while (dealt.length < count) dealt.push(...random.shuffled(deck))
  const busyUntil = new Map<string, number>()
  return dealt
    .slice(0, count)
    .map((kind) => {
      const at = random.between(0, form.storm) * 1000
      return { kind, at, lasts: random.between(...kind.lasts) * 1000, seed: random.fork() }
    })
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ kind: { kind, group }, lasts, seed, at: wished }, n) => {
      const at = Math.max(wished, busyUntil.get(group ?? '') ?? 0)
      if (at > form.storm * 1000) return []
      if (group !== undefined) busyUntil.set(group, at + lasts + 1000)
      return [{ n, kind, at, lasts, seed }]
    })
}

/** Times with that mean distance, from the very beginning to the end. */
function times(random: Random, form: Form, every: number): number[] {
  const found: number[] = []
  for (let at = 0; at < form.storm; at += random.between(0.3, 1.7) * every) found.push(at * 1000)
  return found
}

function submissionsOf(random: Random, form: Form, clouds: readonly PlannedCloud[]): PlannedSubmission[] {
  return times(random, form, form.submitEvery).map((at, n) => {
    const regrets = random.next() < 0.2
    const how = random.pick(['one job', 'all jobs', 'cancel'] as const)
    const after = random.between(0, 15_000)
    const bound = random.next() < 0.4
    const drawn = random.pick(clouds)
    // one for each cloud at first, so that every storm has jobs on all
    const cloud = clouds[n] ?? (bound ? drawn : undefined)
    return {
      at,
      name: `chaos-${n}.sub`,
      jobs: Math.min(random.int(2, form.jobs), cloud?.vms ?? form.jobs),
      seconds: random.int(2, 8),
      flavor: random.pick(FLAVORS),
      cloud: cloud?.name,
      regret: regrets ? { after, how } : undefined,
    }
  })
}

function actsOf(random: Random, form: Form, clouds: readonly PlannedCloud[]): PlannedAct[] {
  return times(random, form, form.operateEvery).map((at) => {
    const cloud = random.pick(clouds).name
    const lasts = random.between(3000, 20_000)
    const pick = random.next()
    return random.next() < 0.6 ? { at, act: 'retire', pick } : { at, act: 'disable', cloud, lasts }
  })
}
