import type { Inventory, ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import type { RequestEntry } from '#testbed/front/request-log.ts'
import type { CloudWish } from '#testbed/site/options.ts'
import type { SeenJob } from '../../e2e/seen-jobs.ts'
import type { Found } from '../../e2e/secrets/needles.ts'
import type { Entry } from '../journal.ts'
import type { Entered } from '../people.ts'
import type { Planted } from '../plant.ts'
import type { JobEvent } from './event-log.ts'

/** A job as the schedd has it, in its queue or its history. */
export type JobBook = Omit<SeenJob, 'vm'>

/** One run of a job as the job itself wrote it down. */
export interface Run {
  job: string
  vm: string
  began: number
  ended: number | undefined
}

export interface CloudBook {
  name: string
  caps: NonNullable<CloudWish['caps']>
  /** Every server that ever was. */
  servers: ServerRecord[]
  inventory: Inventory
  /** With what was asked of this cloud, its newest 10,000 at least. */
  requests: RequestEntry[]
}

export interface WorkflowBook {
  id: string
  runId: string
  type: string
  /** Temporal's word: RUNNING, COMPLETED … */
  status: string
  /** Of a VM that has ended. */
  reason?: string
  closedAt?: number
  /** Events of its history. */
  events: number
  /** How often its present workflow task has been tried. */
  attempt: number
  /** Activities that failed again and again, and why. */
  failing: string[]
  /** Causes of workflow tasks that failed, e.g. of code that is not deterministic. */
  failedTasks: string[]
}

/** Everything that is known of a run, once it is over. */
export interface Books {
  clouds: CloudBook[]
  planted: Planted[]
  jobs: JobBook[]
  events: JobEvent[]
  runs: Run[]
  /** What jobs left as their output, by job. */
  outputs: ReadonlyMap<string, string>
  workflows: WorkflowBook[]
  /** Guests of which anything is left. */
  guests: string[]
  secrets: Found[]
  journal: Entry[]
  entered: Entered[]
  /** What was not over in time. */
  unquiet: string[]
}

/** Servers that are worker VMs: all but those that were planted. */
export function workersOf({ servers }: CloudBook, planted: readonly Planted[]): ServerRecord[] {
  const others = new Set(planted.map(({ id }) => id))
  return servers.filter(({ id }) => !others.has(id))
}
