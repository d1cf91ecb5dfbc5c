import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { OpenStack, Server } from 'openstack-ts'
import { beat, remember, remembered } from '#activities/heartbeats.ts'
import { ownServers } from '#clouds/own-servers.ts'
import { askDeletion, deleteDependents } from '#clouds/server-deletion.ts'
import { boundVolumes } from '#clouds/servers.ts'
import type { VmProof } from '#domain/vm/ownership.ts'
import type { VmReason } from '#domain/vm/reason.ts'
import { deleteVolumes } from './delete-volumes.ts'

/** How long one attempt watches a deletion before it counts as stuck, ms. */
const attemptMs = 2 * 60_000
const lookEvery = 1000

export interface Deletion {
  /** Ask in the way that ends also what an ordinary deletion has left hanging. */
  force?: boolean
  /** Ids of the volumes that were made for it, as far as our record has them; absent for a VM that boots from none. */
  volumes?: Iterable<string>
}

/**
 * Deletes every server that is provably this VM's, until the cloud says that they are gone; then the ports and floating
 * addresses that they left, and the volumes that were made for them. Asked with the credential of the project in which they
 * were made.
 */
export async function deleteServer(cloud: OpenStack, proof: VmProof, deletion: Deletion = {}): Promise<void> {
  const { force = false } = deletion
  const volumes = deletion.volumes === undefined ? undefined : new KnownVolumes(deletion.volumes)
  const context = Context.current()
  const signal = context.cancellationSignal
  const end = performance.now() + attemptMs
  const seen = new Set<string>(proof.serverId === undefined ? [] : [proof.serverId])
  for (;;) {
    const { ours, doubted } = await ownServers(cloud, proof, { known: seen, signal })
    for (const { id } of ours) seen.add(id)
    const servers = ours.filter(({ status }) => status !== 'DELETED')
    if (servers.length === 0) {
      for (const { id, why } of doubted) context.log.warn('left alone', { vm: proof.vm, server: id, why })
      break
    }
    // before they are gone: then nobody will know; the first heartbeat is sent at once, later ones may be held back
    volumes?.learn(servers)
    beat()
    for (const server of servers) await askDeletion(cloud, server, force, { signal })
    if (performance.now() >= end) {
      const states = servers.map(
        ({ id, status, taskState }) => `${id} is ${status}${taskState === null ? '' : `, ${taskState}`}`,
      )
      throw ApplicationFailure.retryable(
        `deletion does not finish: ${states.join('; ')}`,
        'DeleteStuck' satisfies VmReason,
      )
    }
    await context.sleep(lookEvery)
  }
  for (const id of seen) await deleteDependents(cloud, id, { signal })
  if (volumes !== undefined) await deleteVolumes(cloud, volumes.ids, seen, force)
}

/**
 * The volumes that are to be deleted with a VM's servers, by all that was ever seen of them: on record since the server was
 * ACTIVE, by this attempt, or by an earlier one, after which the servers may be gone: that one had the record, and saw more.
 */
class KnownVolumes {
  readonly ids: Set<string>

  constructor(recorded: Iterable<string>) {
    const earlier = remembered() as { volumes?: string[] } | undefined
    this.ids = new Set(earlier?.volumes ?? recorded)
  }

  learn(servers: readonly Server[]): void {
    const before = [...this.ids].join()
    for (const server of servers) {
      for (const id of boundVolumes(server)) this.ids.add(id)
      // somebody has said since that it is to be kept
      for (const { id, deleteOnTermination } of server.volumes) if (deleteOnTermination === false) this.ids.delete(id)
    }
    if ([...this.ids].join() !== before) remember({ volumes: [...this.ids] })
  }
}
