import type { Deadlines } from '../deadlines.ts'
import type { VmReason } from './reason.ts'
import { transitions, type DrainMode, type VmEventKind, type VmState } from './state.ts'

/** Something that happened to a VM. `at` is when it was true, by the clock of whoever saw it (ms since 1970): for people, not to be compared. */
export interface VmEvent {
  kind: VmEventKind
  at: number
  /** The state that lists showed of the VM when this was seen: what was seen of one state says nothing about another. */
  seenIn?: VmState
  reason?: VmReason
  /** A sentence for people: the fault's text, who asked, what was seen. */
  note?: string
  serverId?: string
  /** Ids of the server's volumes that are to be deleted with it. */
  volumes?: string[]
  address?: string
}

/** What is known of one VM; kept by its workflow, changed only by {@link advance}. */
export interface VmRecord {
  state: VmState
  /** When the present state began, ms since 1970. */
  since: number
  bornAt: number
  reason?: VmReason
  note?: string
  drain?: DrainMode
  serverId?: string
  /** Ids of the volumes that were made for its server and die with it, as the cloud showed them. */
  volumes?: string[]
  address?: string
  firstJobAt?: number
  /** Every change of state, for the operator's screen. At most some ten in a life. */
  history: { at: number; state: VmState; because: string }[]
}

/** @param bornAt of a VM that existed before */
export function newRecord(now: number, bornAt = now): VmRecord {
  return {
    state: 'requested',
    since: now,
    bornAt,
    history: [{ at: now, state: 'requested', because: bornAt === now ? 'asked for by the fleet' : 'to be adopted' }],
  }
}

/**
 * What lets a VM be deleted or retired is believed only of the state in which it was seen: it may arrive late, from a watch that
 * stood still for instance. Clocks would not tell: those of the watches and of Temporal may differ by any amount.
 */
const boundToState = new Set<VmEventKind>(['absent', 'cloud-error', 'powered-off', 'empty', 'drained', 'not-in-pool'])

/** Whether {@link advance} would do anything with the event. */
export function matters(record: VmRecord, event: VmEvent): boolean {
  const transition = transitions[record.state][event.kind]
  if (transition === undefined) return false
  if (boundToState.has(event.kind) && event.seenIn !== undefined && event.seenIn !== record.state) return false
  // who drains it if it is empty finds out by itself what it means that it is missing: the watch knows less
  if (event.kind === 'not-in-pool' && event.seenIn !== undefined && record.drain === 'if-empty') return false
  if (event.kind === 'first-job') return record.firstJobAt === undefined
  // a second wish to retire changes nothing, unless it turns an idle retirement into one that lets jobs finish
  if (event.kind === 'retire' && record.state === 'draining') return record.drain === 'if-empty'
  return true
}

/** The record after the event, by the table of state.ts; the same record if the event does not matter. */
export function advance(record: VmRecord, event: VmEvent, now: number): VmRecord {
  const transition = transitions[record.state][event.kind]
  if (transition === undefined || !matters(record, event)) return record
  const known: VmRecord = {
    ...record,
    ...(event.serverId === undefined ? {} : { serverId: event.serverId }),
    ...(event.volumes === undefined || isOfAnother(record, event) ? {} : { volumes: event.volumes }),
    ...(event.address === undefined ? {} : { address: event.address }),
    ...(event.kind === 'first-job' ? { firstJobAt: event.at } : {}),
  }
  if (transition.to === record.state && transition.drain === undefined) {
    const step = { at: now, state: record.state, because: because(event, undefined) }
    return event.kind === 'first-job' ? { ...known, history: [...known.history, step] } : known
  }
  const reason = transition.reason === 'given' ? event.reason : transition.reason
  const { drain: _drain, reason: oldReason, note: oldNote, ...rest } = known
  // back in service: what it was to leave for is void
  const kept =
    transition.to === 'serving' ? {} : { ...(oldReason && { reason: oldReason }), ...(oldNote && { note: oldNote }) }
  return {
    ...rest,
    ...kept,
    ...(reason === undefined ? {} : { reason }),
    ...(event.note === undefined ? {} : { note: event.note }),
    ...(transition.drain === undefined ? {} : { drain: transition.drain }),
    state: transition.to,
    since: now,
    history: [...record.history, { at: now, state: transition.to, because: because(event, reason) }],
  }
}

/** What is told of a server that only bears the name of this VM's. */
const isOfAnother = ({ serverId }: VmRecord, event: VmEvent): boolean =>
  serverId !== undefined && event.serverId !== serverId

function because(event: VmEvent, reason: VmReason | undefined): string {
  const what = reason === undefined ? words[event.kind] : `${words[event.kind]} (${reason})`
  return event.note === undefined ? what : `${what}: ${event.note}`
}

const words: Record<VmEventKind, string> = {
  'create-started': 'the cloud is asked for a server',
  created: 'the cloud has taken the order',
  'create-failed': 'the cloud made no server',
  active: 'the server is ACTIVE',
  'cloud-error': 'the server is in ERROR',
  'powered-off': 'the server is off',
  absent: 'the server has vanished',
  joined: 'it has joined the pool',
  'first-job': 'its first job runs',
  empty: 'no job for its keepalive',
  'black-hole': 'jobs fail on it one after another',
  drained: 'it is drained',
  'drain-refused': 'a job has come at the last moment',
  'not-in-pool': 'it is not in the pool',
  'drain-lost': 'it has forgotten its drain',
  deadline: 'its time is over',
  retire: 'it was asked to retire',
  hold: 'an operator keeps hands off',
  resume: 'an operator gave it back',
  gone: 'the cloud says that it is gone',
}

/** When the present state must have ended (ms since 1970), and why it would be left then; `undefined` for a state without a limit. */
export function limitOf(record: VmRecord, deadlines: Deadlines): { at: number; reason: VmReason } | undefined {
  const end = record.bornAt + deadlines.lifetime
  switch (record.state) {
    case 'building':
      return { at: record.since + deadlines.building, reason: 'BuildTimeout' }
    case 'booted':
      return { at: record.since + deadlines.join, reason: 'JoinTimeout' }
    case 'serving': {
      const first = record.since + deadlines.firstJob
      return record.firstJobAt === undefined && first < end
        ? { at: first, reason: 'NoFirstJob' }
        : { at: end, reason: 'Lifetime' }
    }
    case 'draining':
      return { at: record.since + deadlines.drain, reason: record.reason ?? 'Lifetime' }
    case 'requested':
    case 'creating':
    case 'deleting':
    case 'gone':
    case 'held':
      return undefined
  }
}
