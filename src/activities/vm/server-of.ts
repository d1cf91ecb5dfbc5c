import { gzipSync } from 'node:zlib'
import type { OpenStack, ServerCreate } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { networkId } from '#clouds/network-id.ts'
import { serverWish } from '#clouds/server-wish.ts'
import { readWorkerKit } from '#config/own-files.ts'
import type { VmInput } from '#contract/vm-lifecycle.ts'
import { controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import { tokenLifetimeMs } from '#domain/worker/token.ts'
import { workerUserData, type WorkerVmData } from '#domain/worker/worker-user-data.ts'
import { accountOf } from '#htcondor/account.ts'
import { createWorkerToken } from '#htcondor/tokens.ts'

/** The create call's content: the server, and user-data that lets it join the pool with a token of its own. */
export async function serverOf(
  { config, condor }: Deps,
  { vm, order, deadlines }: VmInput & { vm: string },
  connection: OpenStack,
): Promise<ServerCreate> {
  const cloud = config.clouds.find(({ name }) => name === order.cloud)
  const owner = await accountOf(order.tenant)
  const token = await createWorkerToken(condor, {
    identity: `${order.tenant}.${vm}@${config.condor.trustDomain}`,
    lifetimeSeconds: Math.ceil(tokenLifetimeMs(deadlines, config.keepalive.cap) / 1000),
  })
  const { image, flavor, vmType, tenant } = order
  const data: WorkerVmData = {
    name: vm,
    cloud: order.cloud,
    image,
    flavor,
    vmType,
    tenant,
    owner: { name: owner.user, uid: owner.uid, gid: owner.gid },
    token,
    drain: deadlines.drain,
  }
  return serverWish(cloud, {
    name: vm,
    image,
    flavor,
    bootVolume: order.bootVolume,
    networkId: cloud?.network === undefined ? undefined : await networkId(connection, cloud.network),
    userData: workerUserData(config, data, await readWorkerKit(), (bytes) => gzipSync(bytes)),
    metadata: { [controlPlaneKey]: config.controlPlane, [tenantKey]: tenant },
  })
}
