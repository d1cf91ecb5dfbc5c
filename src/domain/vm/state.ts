import type { VmReason } from './reason.ts'

/**
 * The states of a worker VM, in order; `held` stands beside them: an operator asked for hands off.
 * `booted` is ACTIVE at the cloud, `serving` has an ad in the pool.
 */
export const vmStates = [
  'requested',
  'creating',
  'building',
  'booted',
  'serving',
  'draining',
  'deleting',
  'gone',
  'held',
] as const

export type VmState = (typeof vmStates)[number]

/** How a drain treats running jobs: `if-empty` is refused by the worker itself when it has one, `graceful` lets them finish. */
export type DrainMode = 'if-empty' | 'graceful'

/** What can happen to a VM. Each kind has a column in the table below. */
export type VmEventKind =
  | 'create-started'
  | 'created'
  | 'create-failed'
  | 'active'
  | 'cloud-error'
  | 'powered-off'
  | 'absent'
  | 'joined'
  | 'first-job'
  | 'empty'
  | 'black-hole'
  | 'drained'
  | 'drain-refused'
  | 'not-in-pool'
  | 'drain-lost'
  | 'deadline'
  | 'retire'
  | 'hold'
  | 'resume'
  | 'gone'

interface Transition {
  to: VmState
  /** The reason that the VM takes with it; `given` is the event's own. */
  reason?: VmReason | 'given'
  drain?: DrainMode
}

const deleteFor = (reason: VmReason | 'given'): Transition => ({ to: 'deleting', reason })
const drainFor = (reason: VmReason | 'given', drain: DrainMode): Transition => ({ to: 'draining', reason, drain })
const same = (to: VmState): Transition => ({ to })

/**
 * The whole life, as a table. What is not in it changes nothing.
 *
 * Only a VM whose server is not there, or does not run, is deleted without a drain: any other may have a job that we have not heard
 * of, so it is the worker that decides (`drain-refused` leads back to serving). That holds for `building` too: watches may lag, and
 * a server that runs may join the pool and be given a job between a question and the deletion, so it is waited for.
 */
export const transitions: Record<VmState, Partial<Record<VmEventKind, Transition>>> = {
  requested: { 'create-started': same('creating'), retire: deleteFor('given') },
  creating: { created: same('building'), 'create-failed': deleteFor('given') },
  building: {
    active: same('booted'),
    // the pool may see the worker before the cloud's list is read again
    joined: same('serving'),
    'cloud-error': deleteFor('given'),
    deadline: drainFor('BuildTimeout', 'if-empty'),
    retire: drainFor('given', 'if-empty'),
    hold: same('held'),
  },
  booted: {
    joined: same('serving'),
    'cloud-error': deleteFor('given'),
    'powered-off': deleteFor('SelfShutdown'),
    absent: deleteFor('Vanished'),
    deadline: drainFor('JoinTimeout', 'if-empty'),
    retire: drainFor('given', 'if-empty'),
    hold: same('held'),
  },
  serving: {
    'first-job': same('serving'),
    empty: drainFor('Idle', 'if-empty'),
    'black-hole': drainFor('BlackHole', 'graceful'),
    'cloud-error': deleteFor('given'),
    'powered-off': deleteFor('SelfShutdown'),
    absent: deleteFor('Vanished'),
    deadline: drainFor('given', 'graceful'),
    retire: drainFor('given', 'graceful'),
    hold: same('held'),
  },
  draining: {
    drained: same('deleting'),
    'not-in-pool': same('deleting'),
    'drain-refused': same('serving'),
    'drain-lost': same('draining'),
    'cloud-error': deleteFor('given'),
    'powered-off': deleteFor('SelfShutdown'),
    absent: deleteFor('Vanished'),
    deadline: same('deleting'),
    retire: drainFor('given', 'graceful'),
    hold: same('held'),
  },
  deleting: { gone: same('gone') },
  gone: {},
  held: { resume: same('serving'), absent: deleteFor('Vanished') },
}
