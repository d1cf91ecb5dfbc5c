import { ApplicationFailure } from '@temporalio/common'
import type { OpenStack } from 'openstack-ts'
import { tellFleet, wakeFleet } from '#activities/fleet/tell-fleet.ts'
import type { Deps } from '#activities/deps.ts'
import type { VmInput, VmOrder } from '#contract/vm-lifecycle.ts'
import type { VmReason } from '#domain/vm/reason.ts'
import { createServer } from './create-server.ts'
import { deleteServer } from './delete-server.ts'
import { serverOf } from './server-of.ts'

export interface CreateServerInput extends VmInput {
  vm: string
}

export interface DeleteServerInput extends VmInput {
  vm: string
  serverId: string | undefined
  reason: VmReason
  note: string | undefined
  served: boolean
  bornAt: number
}

export type VmActivities = ReturnType<typeof createVmActivities>

export function createVmActivities(deps: Deps) {
  return {
    /** One server for this VM, or a failure whose type is the VM's reason. */
    async createServer(input: CreateServerInput): Promise<{ id: string }> {
      const cloud = await batchProject(deps, input.order)
      return createServer(cloud, input.vm, () => serverOf(deps, input, cloud), input.deadlines)
    },

    /**
     * No server of this VM, and nothing that hung on one. The fleet hears first why it ends, for a deletion may take long
     * and the next boot must know; then that its place is free.
     */
    async deleteServer({ vm, order, serverId, pool, reason, note, served, bornAt }: DeleteServerInput): Promise<void> {
      await tellFleet(deps.client, pool, {
        vm,
        order,
        reason,
        served,
        bornAt,
        at: Date.now(),
        ...(note === undefined ? {} : { note }),
      })
      await deleteServer(await batchProject(deps, order), vm, serverId)
      await wakeFleet(deps.client, pool, { source: `vm/${vm}`, at: Date.now() })
    },
  }
}

/** The cloud as the project that the order names; another project's "not found" would prove nothing. */
async function batchProject({ clouds }: Deps, { cloud, batchProject: project }: VmOrder): Promise<OpenStack> {
  const connection = clouds.batch(cloud)
  const actual = await connection.projectId()
  if (actual === project) return connection
  throw ApplicationFailure.retryable(
    `cloud ${cloud}: the credential in clouds.yaml is for project ${actual}, this VM belongs to ${project}`,
    'CloudError' satisfies VmReason,
  )
}
