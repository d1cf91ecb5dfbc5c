import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { remember } from '#activities/heartbeats.ts'
import { transferObserved, type TransferObservation } from '#contract/image-replication.ts'

/** Of the whole: each step is a signal, which the history of the run keeps. */
const step = 0.1

/** Tells how far a transfer is: every time in the heartbeat, in large steps to the workflow. */
export function progressTeller(
  client: Client,
  { phase, bytes, sizeBytes }: TransferObservation & { sizeBytes: number },
): (bytes: number) => void {
  const { info, log } = Context.current()
  const { workflowId, runId } = info.workflowExecution ?? { workflowId: '' }
  const stepAt = (n: number): number => Math.floor(n / (sizeBytes * step))
  let told = stepAt(bytes)
  return (now) => {
    remember({ phase, bytes: now, sizeBytes })
    if (stepAt(now) <= told) return
    told = stepAt(now)
    client.workflow
      .getHandle(workflowId, runId)
      .signal(transferObserved, { phase, bytes: now })
      .catch((error: unknown) => log.debug('progress not told', { error }))
  }
}

/** So many bytes were safe on disk when an earlier attempt was last heard of. */
export function bytesRemembered(details: unknown): number | undefined {
  if (typeof details !== 'object' || details === null || !('bytes' in details)) return undefined
  return typeof details.bytes === 'number' ? details.bytes : undefined
}
