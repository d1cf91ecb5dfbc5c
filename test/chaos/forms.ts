import type { Form } from './plan.ts'

/** What two cores can carry: more than 200 worker VMs in their time. */
export const LONG: Form = { storm: 300, faultEvery: 3, submitEvery: 4, jobs: 14, operateEvery: 12 }

/** A sample, for every run of the tests. */
export const SHORT: Form = { storm: 50, faultEvery: 3, submitEvery: 5, jobs: 4, operateEvery: 12 }

/** The same worker process all the time: whether it grows. */
export const HOUR: Form = {
  storm: 3600,
  faultEvery: 4,
  submitEvery: 5,
  jobs: 12,
  operateEvery: 15,
  spared: ['worker process killed'],
}
