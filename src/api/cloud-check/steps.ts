import { gzipSync } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { collect, type CallOptions, type OpenStack } from 'openstack-ts'
import { flavorsOf } from '#clouds/choices.ts'
import * as ask from '#clouds/inspect.ts'
import { look, unseenBecause } from '#clouds/look.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import { readWorkerKit } from '#config/own-files.ts'
import type { CloudConfig as CloudPolicy, Config } from '#config/schema.ts'
import { skipped, type Check } from '#domain/check.ts'
import { judgeAccessRules } from '#domain/cloud-check/access-rules.ts'
import { judgeCredential } from '#domain/cloud-check/credential.ts'
import { judgeImages } from '#domain/cloud-check/images.ts'
import { unseen } from '#domain/cloud-check/look.ts'
import { judgeNamed } from '#domain/cloud-check/named.ts'
import { ownerCheck } from '#domain/cloud-check/owner.ts'
import { judgeNetwork, type SeenNetwork } from '#domain/cloud-check/network.ts'
import { judgeProject, judgeRoles, type ProjectOnRecord } from '#domain/cloud-check/project.ts'
import { judgeFlavors, judgeRoom } from '#domain/cloud-check/room.ts'
import { computeNeeds, judgeEndpoint, judgeMicroversion, type Need } from '#domain/cloud-check/service.ts'
import { judgeUserData } from '#domain/cloud-check/user-data.ts'
import type { Flavor } from '#domain/flavor.ts'
import { workerUserData } from '#domain/worker/worker-user-data.ts'
import { checkOwner } from './owner.ts'

/** One look; it is passed over if one of those that it needs has failed. */
export interface Step {
  name: string
  needs: readonly string[]
  take: () => Promise<Check | Check[]>
}

/** What steps find out for those after them. */
export interface Found {
  /** The credential has access rules. */
  ruled: boolean
  images: ask.SeenImage[]
  flavors: Flavor[]
  smallest?: Flavor
  network?: SeenNetwork
  /** Names, for the configured names or ids. */
  securityGroups: string[]
  /** Of a worker VM, in base64. */
  userDataLength: number
}

export interface Ground {
  cloud: OpenStack
  config: Config
  policy: CloudPolicy
  onRecord: () => Promise<ProjectOnRecord>
  options: CallOptions
}

const of = (service: string): string => `${service} endpoint`

/** Everything that can be looked at without changing anything, in the order in which one thing needs another. */
export function stepsOf({ cloud, config, policy, onRecord, options }: Ground, found: Found): Step[] {
  const { bootVolume } = policy
  const withVolumes = bootVolume !== undefined
  const whoami = () => cloud.identity.whoami(options)
  const endpoint = (service: string, need: Need): Step => ({
    name: of(service),
    needs: ['credential'],
    take: async () => judgeEndpoint(service, await look(() => ask.endpointOf(cloud, service, options)), need),
  })
  // what the cloud refuses to tell is the finding
  const step = (name: string, needs: string[], take: Step['take']): Step => ({
    name,
    needs,
    take: () =>
      take().catch((error: unknown) => {
        const why = unseenBecause(error)
        // what the worker process must be allowed is the matter of the check of the rules; this one asks for more
        if (found.ruled && why.code === 'Unauthorized') return skipped(name, 'the access rules do not allow to look')
        return unseen(name, why)
      }),
  })
  return [
    step('credential', [], async () =>
      judgeCredential(ask.credentialKind(cloud), await look(() => ask.credentialFacts(cloud, options)), Date.now()),
    ),
    step('batch project', ['credential'], async () => judgeProject((await whoami()).project, await onRecord())),
    step('roles', ['credential'], async () => judgeRoles((await whoami()).roles.map(({ name }) => name))),
    step(ownerCheck, ['credential'], () => checkOwner(config, policy, cloud, options)),
    endpoint('identity', 'elsewhere'),
    endpoint('compute', 'needed'),
    endpoint('image', 'needed'),
    endpoint('network', 'needed'),
    endpoint('placement', 'unused'),
    endpoint('block-storage', withVolumes ? 'needed' : 'unused'),
    step('compute version', [of('compute')], async () =>
      judgeMicroversion(
        'compute',
        await look(() => cloud.compute.microversion(options)),
        computeNeeds({ volumeType: bootVolume?.type !== undefined }),
      ),
    ),
    ...(withVolumes
      ? [
          step('block-storage version', [of('block-storage')], async () =>
            judgeMicroversion('block-storage', await look(() => cloud.blockStorage.microversion(options)), []),
          ),
        ]
      : []),
    step('access rules', [of('compute'), of('image'), of('network'), of('block-storage')], async () => {
      const rules = (await whoami()).applicationCredential?.accessRules ?? null
      found.ruled = rules !== null
      return judgeAccessRules(rules, rules === null ? [] : await ask.ruledServices(cloud, withVolumes, options))
    }),
    step('flavors', [of('compute'), 'compute version'], async () => {
      found.flavors = await flavorsOf(cloud, options.signal)
      const { check, smallest } = judgeFlavors(found.flavors, flavorRules(policy))
      if (smallest !== undefined) found.smallest = smallest
      return check
    }),
    step('quota', ['flavors', of('network'), of('block-storage')], async () => {
      const { smallest: flavor } = found
      if (flavor === undefined) return skipped('quota', 'there is no flavor to count by')
      const { vms: instances, cores, ramMb } = policy.reserved
      const reserved = { instances, cores, ramMb }
      const volumeGb = flavor.diskGb === 0 ? (bootVolume?.sizeGb ?? 1) : undefined
      const quotas = await look(() => ask.quotasOf(cloud, withVolumes, options))
      return judgeRoom('seen' in quotas ? { seen: { quotas: quotas.seen, reserved, flavor, volumeGb } } : quotas)
    }),
    step('shared images', [of('image')], async () => {
      const images = await ask.sharedImages(cloud, options)
      found.images = [...images.open, ...images.accepted]
      return judgeImages(images)
    }),
    step('network', [of('network'), 'batch project'], async () => {
      const networks = await ask.networksOf(cloud, options)
      const { check, network } = judgeNetwork(policy.network, networks, await cloud.projectId(options))
      if (network !== undefined) found.network = network
      return check
    }),
    step('security groups', [of('network'), 'batch project'], async () => {
      const wanted = policy.securityGroups
      const groups = wanted.length === 0 ? [] : await ask.securityGroupsOf(cloud, options)
      found.securityGroups = wanted.map((one) => groups.find(({ id }) => id === one)?.name ?? one)
      const otherwise = 'VMs get the project’s default group; the pool must reach them'
      return judgeNamed({ name: 'security groups', key: 'securityGroups', wanted, otherwise }, groups)
    }),
    step('key', [of('compute'), 'compute version'], async () => {
      const keys = policy.keyName === undefined ? [] : await collect(cloud.compute.keypairs.list(options))
      const wish = { name: 'key', key: 'keyName', otherwise: 'sshKeys are for people' }
      return judgeNamed(
        { ...wish, wanted: [policy.keyName ?? []].flat() },
        keys.map(({ name }) => ({ id: name, name })),
      )
    }),
    step('availability zone', [of('compute'), 'compute version'], async () => {
      const zones = policy.availabilityZone === undefined ? [] : await cloud.compute.availabilityZones.list(options)
      const wish = { name: 'availability zone', key: 'availabilityZone', otherwise: 'the cloud chooses' }
      return judgeNamed(
        { ...wish, wanted: [policy.availabilityZone ?? []].flat() },
        zones.filter(({ available }) => available).map(({ name }) => ({ id: name, name })),
      )
    }),
    step('server group', [of('compute'), 'compute version'], async () => {
      const groups = policy.serverGroup === undefined ? [] : await collect(cloud.compute.serverGroups.list({}, options))
      const wish = { name: 'server group', key: 'serverGroup', otherwise: 'VMs may share hosts' }
      return judgeNamed({ ...wish, wanted: [policy.serverGroup ?? []].flat() }, groups)
    }),
    ...(withVolumes
      ? [
          step('boot volume type', [of('block-storage')], async () => {
            const types = bootVolume.type === undefined ? [] : await collect(cloud.blockStorage.types.list(options))
            const wish = { name: 'boot volume type', key: 'bootVolume.type', otherwise: 'the cloud has a default' }
            return judgeNamed({ ...wish, wanted: [bootVolume.type ?? []].flat() }, types)
          }),
        ]
      : []),
    {
      name: 'user-data',
      needs: [],
      take: async () => {
        const kit = await readWorkerKit()
        const { check, length } = judgeUserData(() =>
          workerUserData(config, longWorker(config, policy), kit, (bytes) => gzipSync(bytes)),
        )
        found.userDataLength = length
        return check
      },
    },
  ]
}

/** A worker VM whose names are as long as they may be, and whose token cannot be compressed either. */
function longWorker({ pool, deadlines }: Config, { name: cloud }: CloudPolicy) {
  const hex = randomBytes(300).toString('hex')
  return {
    name: `${pool}-${cloud}-${hex.slice(0, 16)}`,
    cloud,
    image: { id: hex.slice(0, 36) },
    flavor: { id: hex.slice(36, 72), ephemeralGb: 1 },
    vmType: hex.slice(0, 255),
    tenant: `u${hex.slice(0, 31)}`,
    owner: { name: `u${hex.slice(0, 31)}`, uid: 2_147_483_647, gid: 2_147_483_647 },
    token: randomBytes(600).toString('base64url'),
    drain: deadlines.drain,
  }
}
