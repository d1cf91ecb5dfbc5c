import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { OpenStack, ServerCreate } from 'openstack-ts'
import { tellFleet, wakeFleet } from '#activities/fleet/tell-fleet.ts'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import { remembered } from '#activities/heartbeats.ts'
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
  /** Of the volumes that were made for it, those that the cloud had shown. */
  volumes?: string[]
  reason: VmReason
  note: string | undefined
  served: boolean
  bornAt: number
  /** Ask at once in the way that ends also what an ordinary deletion has left hanging. */
  force?: boolean
}

/** The attempt from which on a deletion is forced: each attempt waits two minutes for the ordinary one. */
const forceFrom = 3

export type VmActivities = ReturnType<typeof createVmActivities>

export function createVmActivities(deps: Deps) {
  return {
    /** One server for this VM, or a failure whose type is the VM's reason. */
    async createServer(input: CreateServerInput): Promise<{ id: string }> {
      const cloud = deps.clouds.batch(input.order.cloud)
      if (Context.current().info.attempt > 1) await requireProject(cloud, input.order)
      const prepare = async (): Promise<ServerCreate> => {
        await requireProject(cloud, input.order)
        return serverOf(deps, input, cloud)
      }
      return createServer(cloud, input, prepare, input.deadlines)
    },

    /**
     * No server of this VM, and nothing that hung on one. The fleet hears first why it ends, for a deletion may take long
     * and the next boot must know; then that its place is free.
     */
    async deleteServer(input: DeleteServerInput): Promise<void> {
      const { vm, order, pool, reason, note, served, bornAt, volumes = [], force = false } = input
      await tellFleet(deps.client, pool, {
        vm,
        order,
        reason,
        served,
        bornAt,
        at: Date.now(),
        ...(note === undefined ? {} : { note }),
      })
      await untilDone(async () => {
        const cloud = deps.clouds.batch(order.cloud)
        await requireProject(cloud, order)
        await deleteServer(cloud, input, {
          force: force || Context.current().info.attempt >= forceFrom,
          ...(order.bootVolume === undefined ? {} : { volumes }),
        })
      }).catch((failure: unknown) => {
        throw tellingOn(failure)
      })
      await wakeFleet(deps.client, pool, { source: `vm/${vm}`, at: Date.now() })
    },
  }
}

/** The failure with what this activity had found out: the one that goes on when it has given up does not get its heartbeats. */
function tellingOn(failure: unknown): unknown {
  const known = remembered()
  if (!(failure instanceof ApplicationFailure) || known === undefined) return failure
  const { message, type, details, nextRetryDelay } = failure
  return ApplicationFailure.create({
    message,
    nonRetryable: false,
    details: [known, ...(details ?? [])],
    ...(type == null ? {} : { type }),
    ...(nextRetryDelay == null ? {} : { nextRetryDelay }),
  })
}

/** Only as the project that the order names: another project's "not found" would prove nothing. */
async function requireProject(cloud: OpenStack, { cloud: name, batchProject }: VmOrder): Promise<void> {
  const actual = await cloud.projectId()
  if (actual === batchProject) return
  throw ApplicationFailure.retryable(
    `cloud ${name}: the credential in clouds.yaml is for project ${actual}, this VM belongs to ${batchProject}`,
    'CloudError' satisfies VmReason,
  )
}
