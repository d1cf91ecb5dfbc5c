import type { QueryDefinition } from '@temporalio/common'

/** Said with a question to a run that has ended: no task follows that what it is answered from could lead astray. */
export const runHasEnded = 'the run has ended'

export type Question<Answer> = QueryDefinition<Answer, [about?: typeof runHasEnded]>

/** Why a workflow does not answer now: src/workflows/whole-tasks.ts. */
export const askAgain = 'it has been told something that it has not taken up yet: ask again in a moment'

const tries = 100
const pauseMs = 100

/** For clients: asks again until the workflow has taken up what it was told, ten seconds at most. */
export const untilTakenUp = {
  async query<Input, Answer>(input: Input, next: (input: Input) => Promise<Answer>): Promise<Answer> {
    for (let n = 1; ; n++) {
      try {
        return await next(input)
      } catch (error) {
        if (n === tries || !String(error).includes(askAgain)) throw error
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  },
}
