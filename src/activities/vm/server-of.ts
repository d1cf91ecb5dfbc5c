import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { BlockDevice, OpenStack, ServerCreate } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { networkId } from '#clouds/network-id.ts'
import { workerKitFolder } from '#config/own-files.ts'
import type { VmInput, VmOrder } from '#contract/vm-lifecycle.ts'
import { controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import { serialiseSettings, siteSettings } from '#domain/worker/condor-settings.ts'
import { kitFiles, type WorkerKit } from '#domain/worker/kit.ts'
import { cloudConfig, encodeUserData, serialiseCloudConfig } from '#domain/worker/user-data.ts'
import { tokenLifetimeMs } from '#domain/worker/token.ts'
import { workerConfiguration } from '#domain/worker/worker-configuration.ts'
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
  const keepaliveCap = config.keepalive.cap / 60_000
  const [host = '', port = '9618'] = config.condor.collector.split(':')
  const settings = workerConfiguration(
    {
      host,
      port: Number(port),
      trustDomain: config.condor.trustDomain,
      uidDomain: config.condor.uidDomain ?? config.condor.trustDomain,
      ports: { kind: 'shared', port: config.condor.workerPort },
      ccb: config.condor.ccb,
    },
    {
      name: vm,
      cloud: order.cloud,
      imageId: order.image.id,
      flavorId: order.flavor.id,
      vmType: order.vmType,
      tenant: order.tenant,
      owner: owner.user,
    },
    { drain: deadlines.drain, keepaliveCap },
    siteSettings(config.condor.workerSettings),
  )
  const token = await createWorkerToken(condor, {
    identity: `${order.tenant}.${vm}@${config.condor.trustDomain}`,
    lifetimeSeconds: Math.ceil(tokenLifetimeMs(deadlines, config.keepalive.cap) / 1000),
  })
  const document = cloudConfig({
    owner: { name: owner.user, uid: owner.uid, gid: owner.gid },
    condorConfiguration: serialiseSettings(settings),
    token,
    kit: await workerKit(),
    scratch: order.flavor.ephemeralGb > 0,
    sshKeys: config.sshKeys,
  })
  return {
    name: vm,
    flavorId: order.flavor.id,
    ...bootSource(order),
    networks: cloud?.network === undefined ? 'auto' : [{ networkId: await networkId(connection, cloud.network) }],
    userData: encodeUserData(serialiseCloudConfig(document), (bytes) => gzipSync(bytes)),
    metadata: { [controlPlaneKey]: config.controlPlane, [tenantKey]: order.tenant },
    ...(cloud?.configDrive === true ? { configDrive: true } : {}),
    ...(cloud?.keyName === undefined ? {} : { keyName: cloud.keyName }),
    ...(cloud?.availabilityZone === undefined ? {} : { availabilityZone: cloud.availabilityZone }),
    ...(cloud === undefined || cloud.securityGroups.length === 0 ? {} : { securityGroups: cloud.securityGroups }),
  }
}

/** The image itself, or a volume that Nova makes of it and deletes with the server. */
function bootSource({ image, bootVolume }: VmOrder): Pick<ServerCreate, 'imageId' | 'blockDevices'> {
  if (bootVolume === undefined) return { imageId: image.id }
  const root: BlockDevice = {
    sourceType: 'image',
    destinationType: 'volume',
    sourceId: image.id,
    bootIndex: 0,
    sizeGb: bootVolume.sizeGb,
    volumeType: bootVolume.type,
    deleteOnTermination: true,
  }
  return { blockDevices: [root] }
}

async function workerKit(): Promise<WorkerKit> {
  const contents = await Promise.all(
    kitFiles.map(async (name) => [name, await readFile(workerKitFolder + name, 'utf8')]),
  )
  return Object.fromEntries(contents) as WorkerKit
}
