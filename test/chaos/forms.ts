import type { Form } from './plan.ts'

/** What two cores can carry: some 200 worker VMs in their time. */
export const LONG: Form = { storm: 160, faultEvery: 3, submitEvery: 4, jobs: 14, operateEvery: 12 }

/** A sample, for every run of the tests. */
export const SHORT: Form = { storm: 50, faultEvery: 3, submitEvery: 5, jobs: 4, operateEvery: 12 }
