import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { isForbidden, OpenStackError, unlessNotFound, type OpenStack, type Volume } from 'openstack-ts'
import { beat } from '#activities/heartbeats.ts'
import { fateOf, type VolumeFate } from '#domain/vm/boot-volume-fate.ts'
import type { VmReason } from '#domain/vm/reason.ts'

/** How long one attempt watches before the volumes count as stuck, ms. */
const attemptMs = 2 * 60_000
const lookEvery = 1000

/**
 * Volumes that were made for servers which are gone: confirms that they are gone too, else deletes them until they are.
 * @param ids as Nova showed them of the servers while these existed, to be deleted with them
 * @param servers ids of those servers; a volume that is attached to any other by now is left alone
 * @param force force the deletion also of what the cloud believes to be in use
 */
export async function deleteVolumes(
  cloud: OpenStack,
  ids: Iterable<string>,
  servers: ReadonlySet<string>,
  force: boolean,
): Promise<void> {
  const context = Context.current()
  const end = performance.now() + attemptMs
  const left = new Set(ids)
  for (;;) {
    beat()
    const states: string[] = []
    for (const id of left) {
      const volume = await unlessNotFound(cloud.blockStorage.volumes.show(id, { signal: context.cancellationSignal }))
      const fate = volume === undefined ? 'gone' : fateOf(traitsOf(volume), servers, !force)
      if (fate === 'leave') context.log.warn('a volume is left alone: it is attached to something else', { volume: id })
      if (volume === undefined || fate === 'gone' || fate === 'leave') {
        left.delete(id)
        continue
      }
      const refusal = await ask(cloud, volume, fate, context.cancellationSignal)
      states.push(`${id} is ${volume.status}${refusal === undefined ? '' : ` (${refusal})`}`)
      // only a person can change that: it is said at once, and tried again later
      if (refusal !== undefined) throw stuck(states)
    }
    if (left.size === 0) return
    if (performance.now() >= end) throw stuck(states)
    await context.sleep(lookEvery)
  }
}

const traitsOf = ({ status, attachments }: Volume) => ({
  status,
  servers: attachments.map(({ serverId }) => serverId),
})

/** One wish to delete; why it is refused for good, if it is. Repeating it is harmless. */
async function ask(
  { blockStorage: { volumes, actions } }: OpenStack,
  { id }: Volume,
  fate: VolumeFate,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    if (fate === 'delete') await unlessNotFound(volumes.delete(id, {}, { signal }))
    if (fate === 'force') await unlessNotFound(actions.forceDelete(id, { signal }))
    return undefined
  } catch (error) {
    if (isForbidden(error)) {
      return fate === 'force'
        ? 'the cloud lets only its administrators force the deletion: ask them to delete it'
        : 'the cloud does not let us delete it'
    }
    // Cinder's word for a state in which it refuses just now; it is looked at again
    if (OpenStackError.is(error) && (error.status === 400 || error.status === 409)) return undefined
    throw error
  }
}

const stuck = (states: readonly string[]): ApplicationFailure =>
  ApplicationFailure.retryable(
    `its server is gone, its volumes are not: ${states.join('; ')}`,
    'DeleteStuck' satisfies VmReason,
  )
