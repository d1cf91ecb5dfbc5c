import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { OpenStackError, type OpenStack, type ServerCreate } from 'openstack-ts'
import type { Deadlines } from '#domain/deadlines.ts'
import { reasonOfFault } from '#domain/vm/nova-status.ts'
import type { VmReason } from '#domain/vm/reason.ts'

/** How often a name is looked up while it is unknown whether a create has acted, ms. */
const lookEvery = 2000

/**
 * Asks the cloud for one server, at most once ever: only the first attempt posts. What the first attempt did is found out by
 * looking the exact name up, for as long as a create may still be acting; after that the name is given up.
 */
export async function createServer(
  cloud: OpenStack,
  name: string,
  prepare: () => Promise<ServerCreate>,
  deadlines: Deadlines,
): Promise<{ id: string }> {
  const { info, cancellationSignal: signal } = Context.current()
  if (info.attempt > 1) return lookUp(cloud, name, deadlines.createLookup)
  const server = await prepare()
  try {
    return await cloud.compute.servers.create(server, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlines.createCall)]),
    })
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error)
    throw (
      refused(error) ??
      ApplicationFailure.retryable(`the create call may have acted: ${note}`, 'CreateUnknown' satisfies VmReason)
    )
  }
}

async function lookUp(cloud: OpenStack, name: string, forMs: number): Promise<{ id: string }> {
  const context = Context.current()
  const end = Date.now() + forMs
  for (;;) {
    context.heartbeat()
    const [found] = await cloud.compute.servers.findByExactName(name, { signal: context.cancellationSignal })
    if (found !== undefined) return { id: found.id }
    if (Date.now() >= end) break
    await context.sleep(lookEvery)
  }
  throw ApplicationFailure.nonRetryable(
    `the answer to the create call was lost, and no server of that name has appeared`,
    'CreateUnknown' satisfies VmReason,
  )
}

/** A refusal is final for this VM; the plan decides about the next. What may have acted is not a refusal. */
function refused(error: unknown): ApplicationFailure | undefined {
  if (!OpenStackError.is(error) || error.mayHaveActed || error.code === 'Aborted') return undefined
  const reason: VmReason =
    error.code === 'QuotaExceeded'
      ? 'QuotaExceeded'
      : error.code === 'NoValidHost'
        ? 'NoCapacity'
        : reasonOfFault(error.fault ?? error.message)
  return ApplicationFailure.create({ message: error.message, type: reason, nonRetryable: true, cause: error })
}
