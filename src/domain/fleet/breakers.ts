import type { VmReason } from '../vm/reason.ts'
import { blameOf, type BreakerKind } from './blame.ts'

/** What a boot is of; the two keys of its breakers are made of it. */
export interface BootTarget {
  cloud: string
  zone?: string | undefined
  image: string
  flavor: string
  /** `demandShape` of the jobs that it is for. */
  shape: string
}

/** The record of failures of one key. No record is a closed breaker without failures. */
export interface Breaker {
  kind: BreakerKind
  of: Partial<BootTarget> & { cloud: string; flavor: string }
  /** Failures in a row. */
  failures: number
  /** Birth of the first VM of the row: only VMs born since then can speak for the key. */
  since: number
  lastFailureAt: number
  reason: VmReason
  note?: string
  /** Present if it is not closed: until `until` nothing is booted, then one probe. */
  opened?: { at: number; until: number; times: number }
}

/** By key. Plain data: it lives in the fleet's state. */
export type Breakers = Record<string, Breaker>

/** How a VM ended, or what it proved. */
export interface Outcome extends BootTarget {
  reason: VmReason
  /** Whether a job ran on it. */
  served: boolean
  bornAt: number
  note?: string | undefined
}

export interface BreakerRule {
  /** Failures in a row that open it. */
  failures: number
  /** First pause, ms; each further one is twice as long, up to the cap. */
  pauseMs: number
  pauseCapMs: number
}

const minute = 60_000
const hour = 60 * minute

export const breakerRules: Record<BreakerKind, BreakerRule> = {
  image: { failures: 3, pauseMs: 5 * minute, pauseCapMs: 2 * hour },
  // stock-outs pass: looked at again soon, never given up
  capacity: { failures: 3, pauseMs: minute, pauseCapMs: 15 * minute },
}

/** A failure that long ago says nothing any more, nor does a breaker that nobody asked for since. */
const forgetClosedAfterMs = 6 * hour
const forgetOpenAfterMs = 24 * hour

export const breakerKey = (kind: BreakerKind, { cloud, zone, image, flavor, shape }: BootTarget): string =>
  (kind === 'image' ? [kind, cloud, image, flavor, shape] : [kind, cloud, zone ?? '', flavor]).join('|')

const kinds: BreakerKind[] = ['image', 'capacity']

export type BreakerState = 'closed' | 'open' | 'half-open'

export function breakerState(breaker: Breaker | undefined, now: number): BreakerState {
  if (breaker?.opened === undefined) return 'closed'
  return now < breaker.opened.until ? 'open' : 'half-open'
}

/** The breakers of a target that are not closed. */
export function openBreakers(breakers: Breakers, target: BootTarget): [key: string, Breaker][] {
  return kinds.flatMap((kind): [string, Breaker][] => {
    const key = breakerKey(kind, target)
    const breaker = breakers[key]
    return breaker?.opened === undefined ? [] : [[key, breaker]]
  })
}

export type BreakerAnswer = { allows: true; probe: boolean } | { allows: false; breaker: Breaker; probing: boolean }

/**
 * Whether a VM of the target may be booted now.
 *
 * @param probes how many VMs are under way, by key, that were born since its breaker opened
 */
export function breakerAllows(
  breakers: Breakers,
  target: BootTarget,
  now: number,
  probes: ReadonlyMap<string, number>,
): BreakerAnswer {
  let probe = false
  for (const [key, breaker] of openBreakers(breakers, target)) {
    const probing = (probes.get(key) ?? 0) > 0
    if (probing || breakerState(breaker, now) === 'open') return { allows: false, breaker, probing }
    probe = true
  }
  return { allows: true, probe }
}

/** The breakers after the end of a VM. Each VM may be told once. */
export function recordOutcome(breakers: Breakers, outcome: Outcome, now: number, rules = breakerRules): Breakers {
  const possible = blameOf[outcome.reason]
  const blame = outcome.served && possible?.unlessServed ? undefined : possible
  const proved = outcome.served ? kinds.filter((kind) => kind !== blame?.against) : []
  const kept = recordSuccess(breakers, proved, outcome, now)
  if (blame === undefined) return kept
  const key = breakerKey(blame.against, outcome)
  const before = kept[key]
  // what is known to be broken: ends of VMs that were under way already add nothing
  if (before?.opened !== undefined && !speaks(before, outcome.bornAt)) return kept
  const failures = (before?.failures ?? 0) + 1
  const rule = rules[blame.against]
  const opens = blame.decisive || before?.opened !== undefined || failures >= rule.failures
  const times = (before?.opened?.times ?? 0) + 1
  const until = now + Math.min(rule.pauseMs * 2 ** (times - 1), rule.pauseCapMs)
  const { cloud, zone, image, flavor, shape } = outcome
  const breaker: Breaker = {
    kind: blame.against,
    of: blame.against === 'image' ? { cloud, image, flavor, shape } : { cloud, flavor, ...(zone && { zone }) },
    failures,
    since: before === undefined ? outcome.bornAt : Math.min(before.since, outcome.bornAt),
    lastFailureAt: now,
    reason: outcome.reason,
    ...(outcome.note === undefined ? {} : { note: outcome.note }),
    ...(opens && { opened: { at: now, until, times } }),
  }
  return { ...kept, [key]: breaker }
}

/** The breakers after a VM of the target proved that it works: closed, unless the VM is older than the trouble. */
export function recordSuccess(
  breakers: Breakers,
  proves: BreakerKind[],
  vm: BootTarget & { bornAt: number },
  now: number,
): Breakers {
  const kept = forget(breakers, now)
  return close(
    kept,
    new Set(proves.map((kind) => breakerKey(kind, vm)).filter((key) => isProved(kept, key, vm.bornAt))),
  )
}

/** Whether a VM of the key that proved itself closes its breaker. */
export function isProved(breakers: Breakers, key: string, bornAt: number): boolean {
  const breaker = breakers[key]
  return breaker !== undefined && speaks(breaker, bornAt)
}

export function close(breakers: Breakers, keys: ReadonlySet<string>): Breakers {
  return keys.size === 0 ? breakers : Object.fromEntries(Object.entries(breakers).filter(([key]) => !keys.has(key)))
}

/** Whether a VM is young enough to say something about a key: born in the row of failures, or after the breaker opened. */
export const speaks = ({ opened, since }: Breaker, bornAt: number): boolean =>
  opened === undefined ? bornAt >= since : bornAt > opened.at

function forget(breakers: Breakers, now: number): Breakers {
  const old = ({ opened, lastFailureAt }: Breaker) =>
    opened === undefined ? now - lastFailureAt > forgetClosedAfterMs : now - opened.until > forgetOpenAfterMs
  const entries = Object.entries(breakers)
  const kept = entries.filter(([, breaker]) => !old(breaker))
  return kept.length === entries.length ? breakers : Object.fromEntries(kept)
}
