const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Every time limit of a worker VM's life, in milliseconds. They travel in the workflow's input, so that a running VM keeps the ones it was born with. */
export interface Deadlines {
  /** One create call to Nova. */
  createCall: number
  /** How long a create call whose answer was lost may still act: the name is looked up that long before it is given up. */
  createLookup: number
  /** Nova's BUILD until ACTIVE. Nova itself has no limit that is on by default. */
  building: number
  /** ACTIVE until the worker's ad is in the pool. */
  join: number
  /** Joined until its first job. */
  firstJob: number
  /** From a drain until the last running job has ended. */
  drain: number
  /** Age after which a VM drains, whatever it does. */
  lifetime: number
}

/** The limits used where the site's configuration names none. */
export const defaultDeadlines: Deadlines = {
  createCall: 60 * second,
  createLookup: 5 * minute,
  building: 15 * minute,
  join: 15 * minute,
  firstJob: 30 * minute,
  drain: 48 * hour,
  lifetime: 7 * day,
}
