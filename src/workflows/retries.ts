import type { ActivityOptions } from '@temporalio/workflow'

/** All retry policies, in one file. What a retry cannot change is thrown as non-retryable by the activities themselves. */

/** Every activity is heard of every few seconds: after this long without, its worker process is lost and another takes it up. */
const heartbeatTimeout = '10 seconds'

/** Reads and idempotent calls to outside systems: quick at first, then patient, for ever. */
export const patient: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1 minute' },
}

/** Users wait for the next plan: however long something was away, it is made soon after that is back. A try is cheap. */
export const planning: ActivityOptions = {
  ...patient,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '3 seconds' },
}

/** Worth a try before what comes next, which must not wait for it. */
export const briefly: ActivityOptions = { ...patient, scheduleToCloseTimeout: '90 seconds' }

/** Longer than the lease of a job: 40 minutes by HTCondor's default. */
export const untilLeasesEnd: ActivityOptions = { ...patient, scheduleToCloseTimeout: '1 hour' }

/** A person waits for the answer: one more try, then say so. */
export const whileSomebodyWaits: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout,
  retry: { maximumAttempts: 2 },
}

/** Looks that precede everything else: a cloud that is down is said to the person who waits; nothing is lost by asking anew. */
export const beforeAnything: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
}

/** Waits inside itself, for as long as it takes; another worker process goes on where one was lost. */
export const awaiting: ActivityOptions = {
  startToCloseTimeout: '1 day',
  heartbeatTimeout,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
}

/** Mending what does not agree: tried again in the next pass anyway. */
export const mending: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumAttempts: 3 },
}

/** The create call: its first attempt posts, later ones only look the name up. */
export const create = (createCallMs: number, lookupMs: number): ActivityOptions => ({
  startToCloseTimeout: createCallMs + lookupMs + 60_000,
  heartbeatTimeout,
  retry: { initialInterval: '1 second', backoffCoefficient: 1 },
})

/** Deleting until the cloud says 404. Ten attempts before the alarm, then {@link deleteForEver}. */
export const deleteUntilGone: ActivityOptions = {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes', maximumAttempts: 10 },
}

export const deleteForEver: ActivityOptions = {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '1 minute', backoffCoefficient: 2, maximumInterval: '10 minutes' },
}

/**
 * The watches. The activity returns by itself after 24 h. Retrying at once and without growth keeps the pool watched;
 * cancellation is awaited so that a new configuration never runs beside the old one.
 */
export const watching: ActivityOptions = {
  startToCloseTimeout: '25 hours',
  heartbeatTimeout,
  retry: { initialInterval: '1 second', backoffCoefficient: 1 },
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
}

/**
 * Transfers of whole images: as long as the slowest bandwidth needs, however long a cloud is away meanwhile. What runs is awaited
 * when it is cancelled, so that nothing writes any more to what is removed next.
 */
export const transferring: ActivityOptions = {
  ...patient,
  startToCloseTimeout: '3 days',
  scheduleToCloseTimeout: '7 days',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
}

/** What is cancelled has ended before what it did is undone. */
export const undoable: ActivityOptions = { ...patient, cancellationType: 'WAIT_CANCELLATION_COMPLETED' }

/** A store that takes long makes an image active some time after its answer; and data may have to be hashed. */
export const whileStored: ActivityOptions = {
  ...undoable,
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '1 day',
}
