import type { QueryDefinition } from '@temporalio/common'

/** Said with a question to a run that has ended: no task follows that what it is answered from could lead astray. */
export const runHasEnded = 'the run has ended'

export type Question<Answer> = QueryDefinition<Answer, [about?: typeof runHasEnded]>

/** Why a workflow does not answer now: src/workflows/whole-tasks.ts. */
export const askAgain = 'it has been told something that it has not taken up yet: ask again in a moment'
