import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { OpenStackError, type OpenStack, type ServerCreate } from 'openstack-ts'
import type { Deadlines } from '#domain/deadlines.ts'
import { ownServers } from '#clouds/own-servers.ts'
import { reasonOfFault } from '#domain/vm/nova-status.ts'
import type { VmProof } from '#domain/vm/ownership.ts'
import { vmReasons, type VmReason } from '#domain/vm/reason.ts'
import { CondorError } from '#htcondor/condor-error.ts'

/** How often a name is looked up while it is unknown whether a create has acted, ms. */
const lookEvery = 2000

/** How long to wait before a call that certainly did nothing is made again, ms, if the service does not say. */
const againAfter = 2000

/**
 * Asks the cloud for one server, at most once ever: only the first attempt posts. What the first attempt did is found out by
 * looking the exact name up, for as long as a create may still be acting; after that the name is given up.
 */
export async function createServer(
  cloud: OpenStack,
  proof: VmProof,
  prepare: () => Promise<ServerCreate>,
  deadlines: Deadlines,
): Promise<{ id: string }> {
  const { info, cancellationSignal: lost } = Context.current()
  if (info.attempt > 1) return lookUp(cloud, proof, deadlines.createLookup)
  const end = performance.now() + deadlines.createCall
  // the steady clock stands still with a host that is suspended
  const latest = Date.now() + deadlines.createCall
  const ready = await untilItWorks(end, async () => {
    // a Temporal that was set back to yesterday asks for what it has already got
    const { ours, doubted } = await ownServers(cloud, proof, { signal: lost })
    if (doubted.length > 0) throw nameTaken(proof.vm, doubted)
    return ours[0] === undefined ? { server: await prepare() } : { id: ours[0].id }
  }).catch((error: unknown) => {
    throw notAsked(error)
  })
  if (ready.id !== undefined) return { id: ready.id }
  try {
    return await untilItWorks(end, () => {
      // a process that stood still may have lost its turn: whoever looks the name up now must not look in vain
      lost.throwIfAborted()
      if (performance.now() > end || Date.now() > latest)
        throw new Error('the time for the create call was over before it was made')
      return cloud.compute.servers.create(ready.server, {
        signal: AbortSignal.any([lost, AbortSignal.timeout(deadlines.createCall)]),
      })
    })
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error)
    throw (
      refused(error) ??
      ApplicationFailure.retryable(`the create call may have acted: ${note}`, 'CreateUnknown' satisfies VmReason)
    )
  }
}

/** Repeats what certainly did nothing and may succeed later: a cloud that is busy or away for a moment costs no VM. */
async function untilItWorks<T>(end: number, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const wait = pauseAfter(error)
      if (wait === undefined || performance.now() + wait > end) throw error
      await Context.current().sleep(wait)
    }
  }
}

/** How long to wait before the same call, ms; `undefined` if it may have acted, or would only fail again. */
function pauseAfter(error: unknown): number | undefined {
  if (OpenStackError.is(error)) {
    const harmless = error.method === 'GET' || !error.mayHaveActed
    return error.retryable && harmless ? (error.retryAfterMs ?? againAfter) : undefined
  }
  return error instanceof CondorError && error.retryable ? againAfter : undefined
}

/** The VM ends, for nothing was asked of the cloud; to look its name up would take long and find nothing. */
function notAsked(error: unknown): ApplicationFailure {
  const note = error instanceof Error ? error.message : String(error)
  const known = error instanceof ApplicationFailure ? vmReasons.find((reason) => reason === error.type) : undefined
  return ApplicationFailure.create({
    message: `no server was asked for: ${note}`,
    type: known ?? ('CloudError' satisfies VmReason),
    nonRetryable: true,
    ...(error instanceof Error ? { cause: error } : {}),
  })
}

function nameTaken(vm: string, [other]: { id: string; why: string }[]): ApplicationFailure {
  const message = `there is a server ${other?.id} of the name ${vm} that is not this VM's: ${other?.why}`
  return ApplicationFailure.nonRetryable(message, 'NameTaken' satisfies VmReason)
}

async function lookUp(cloud: OpenStack, proof: VmProof, forMs: number): Promise<{ id: string }> {
  const context = Context.current()
  const end = performance.now() + forMs
  for (;;) {
    context.heartbeat()
    const { ours } = await ownServers(cloud, proof, { signal: context.cancellationSignal })
    if (ours[0] !== undefined) return { id: ours[0].id }
    if (performance.now() >= end) break
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
