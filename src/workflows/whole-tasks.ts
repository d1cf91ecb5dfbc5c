import { defaultPayloadConverter } from '@temporalio/common'
import type { ActivateInput, Next, WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow'
import { askAgain, runHasEnded } from '#contract/questions.ts'

type Activation = ActivateInput['activation']
type Job = NonNullable<Activation['jobs']>[number]

/**
 * Takes up what has happened only in whole workflow tasks. A worker process that has no state of a run, because it is new for
 * instance, and is asked a question before the next task comes, is given all events by SDK 1.24.0, also those that belong to
 * no task yet; and goes on from there when the task comes. What the workflow did with them, at the time of the task before and
 * perhaps in another order, is then in the history, and no replay finds it again: the run would be stuck for ever. So the
 * question is not answered, whereupon the SDK forgets that state. docs/decisions/0010 says more.
 */
class WholeTasks implements WorkflowInternalsInterceptor {
  #events = 0
  #time: string | undefined
  #ahead = false

  activate(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
    const { activation } = input
    const jobs = activation.jobs ?? []
    if (jobs.every(({ queryWorkflow }) => queryWorkflow != null)) {
      if (this.#ahead && !jobs.every(isOfEndedRun)) throw new Error(askAgain)
    } else this.#look(activation)
    next(input)
  }

  /** A task has a time of its own. */
  #look({ historyLength, timestamp }: Activation): void {
    const events = historyLength ?? 0
    if (events <= this.#events) return
    const time = timestamp == null ? undefined : `${String(timestamp.seconds)}.${String(timestamp.nanos)}`
    this.#ahead = time === this.#time
    this.#events = events
    this.#time = time
  }
}

const isOfEndedRun = ({ queryWorkflow }: Job): boolean =>
  (queryWorkflow?.arguments ?? []).some((word) => defaultPayloadConverter.fromPayload(word) === runHasEnded)

export const interceptors = (): WorkflowInterceptors => ({ internals: [new WholeTasks()] })
