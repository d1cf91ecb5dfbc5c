import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OpenStack, Resource } from '../src/index.ts'
import { CINDER, withVolumes } from './block-storage/with-volumes.ts'
import { FLOATING_IP, NETWORK, PORT, ROUTER, RULE, SECURITY_GROUP, SUBNET } from './network/replies.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const USER = 'user-ada'
const NOVA = '/compute/v2.1'
const NEUTRON = '/network/v2.0'

/** Of no service that this package knows: a vendor's, or next year's. */
const UNKNOWN = { 'x-vendor:rack': { row: 7, cold: true }, next_year: [null, 1] }

/** Where a resource is shown, what of it has to be there, what the answer wraps it in, and who asks. */
type Shown = [
  route: string,
  fields: object,
  wrap: (resource: object) => object,
  show: (client: OpenStack) => AsyncIterator<Resource> | Promise<Resource | Resource[]>,
]

const inKey = (key: string) => (resource: object) => ({ [key]: resource })
const inList = (key: string) => (resource: object) => ({ [key]: [resource] })
const bare = (resource: object): object => resource

const named = { id: 'x', name: 'x' }
const image = { ...named, status: 'active', visibility: 'private' }
const task = { id: 'x', type: 'import', status: 'success' }
const member = { image_id: 'x', member_id: 'p', status: 'accepted' }
const server = { ...named, status: 'ACTIVE', tenant_id: 'p' }
const flavor = { ...named, vcpus: 1, ram: 1, disk: 1 }
const attachment = { volumeId: 'v', serverId: 's' }
const action = { action: 'stop', request_id: 'r', instance_uuid: 'x' }
const usage = {
  instance_id: 'x',
  name: 'x',
  flavor: 'f',
  vcpus: 1,
  memory_mb: 1,
  local_gb: 1,
  hours: 1,
}
const sums = { tenant_id: 'p', total_hours: 1, total_vcpus_usage: 1, total_memory_mb_usage: 1, total_local_gb_usage: 1 }
const computeLimits = {
  maxTotalInstances: 1,
  totalInstancesUsed: 1,
  maxTotalCores: 1,
  totalCoresUsed: 1,
  maxTotalRAMSize: 1,
  totalRAMUsed: 1,
}
const volumeLimits = {
  maxTotalVolumes: 1,
  totalVolumesUsed: 1,
  maxTotalVolumeGigabytes: 1,
  totalGigabytesUsed: 1,
  maxTotalSnapshots: 1,
  totalSnapshotsUsed: 1,
}
const inventory = { total: 1, reserved: 0, min_unit: 1, max_unit: 1, step_size: 1, allocation_ratio: 1 }

const RESOURCES: Readonly<Record<string, Shown>> = {
  AccessRule: [
    `/identity/v3/users/${USER}/access_rules/x`,
    { id: 'x', service: 'compute', method: 'GET', path: '/' },
    inKey('access_rule'),
    ({ identity }) => identity.accessRules.show('x'),
  ],
  ApplicationCredential: [
    `/identity/v3/users/${USER}/application_credentials/x`,
    { ...named, project_id: 'p' },
    inKey('application_credential'),
    ({ identity }) => identity.applicationCredentials.show('x'),
  ],
  Domain: ['/identity/v3/domains/x', named, inKey('domain'), ({ identity }) => identity.domains.show('x')],
  Project: ['/identity/v3/projects/x', named, inKey('project'), ({ identity }) => identity.projects.show('x')],
  Role: ['/identity/v3/roles/x', named, inKey('role'), ({ identity }) => identity.roles.show('x')],
  RoleAssignment: [
    '/identity/v3/role_assignments',
    { role: { id: 'x' }, scope: {} },
    inList('role_assignments'),
    ({ identity }) => identity.roleAssignments.list(),
  ],
  User: ['/identity/v3/users/x', named, inKey('user'), ({ identity }) => identity.users.show('x')],

  ImageDetails: ['/image/v2/images/x', image, bare, ({ image: { images } }) => images.show('x')],
  ImageMember: ['/image/v2/images/x/members/p', member, bare, ({ image: { members } }) => members.show('x', 'p')],
  ImageStore: ['/image/v2/info/stores', { id: 'x' }, inList('stores'), ({ image: { info } }) => info.stores()],
  ImageTask: ['/image/v2/tasks/x', task, bare, ({ image: { tasks } }) => tasks.show('x')],

  AbsoluteLimits: [
    `${NOVA}/limits`,
    computeLimits,
    (absolute) => ({ limits: { absolute } }),
    ({ compute }) => compute.limits.absolute(),
  ],
  AvailabilityZone: [
    `${NOVA}/os-availability-zone`,
    { zoneName: 'nova', zoneState: { available: true } },
    inList('availabilityZoneInfo'),
    ({ compute }) => compute.availabilityZones.list(),
  ],
  Flavor: [`${NOVA}/flavors/x`, flavor, inKey('flavor'), ({ compute }) => compute.flavors.show('x')],
  InstanceAction: [
    `${NOVA}/servers/x/os-instance-actions/r`,
    action,
    inKey('instanceAction'),
    ({ compute }) => compute.instanceActions.show('x', 'r'),
  ],
  Keypair: [
    `${NOVA}/os-keypairs`,
    { name: 'x', public_key: 'k', fingerprint: 'f' },
    (keypair) => ({ keypairs: [{ keypair }] }),
    ({ compute }) => compute.keypairs.list(),
  ],
  Server: [`${NOVA}/servers/x`, server, inKey('server'), ({ compute }) => compute.servers.show('x')],
  ServerDiagnostics: [`${NOVA}/servers/x/diagnostics`, {}, bare, ({ compute }) => compute.diagnostics.show('x')],
  ServerGroup: [
    `${NOVA}/os-server-groups/x`,
    named,
    inKey('server_group'),
    ({ compute }) => compute.serverGroups.show('x'),
  ],
  ServerInterface: [
    `${NOVA}/servers/x/os-interface`,
    { port_id: 'x', net_id: 'n' },
    inList('interfaceAttachments'),
    ({ compute }) => compute.interfaces.list('x'),
  ],
  ServerUsage: [
    `${NOVA}/os-simple-tenant-usage/p`,
    usage,
    (one) => ({ tenant_usage: { ...sums, server_usages: [one] } }),
    async ({ compute }) => (await compute.usage.show({ start: new Date(0) }, 'p')).servers,
  ],
  ServerVolume: [
    `${NOVA}/servers/x/os-volume_attachments/v`,
    attachment,
    inKey('volumeAttachment'),
    ({ compute }) => compute.volumeAttachments.show('x', 'v'),
  ],

  FloatingIp: [
    `${NEUTRON}/floatingips/x`,
    FLOATING_IP,
    inKey('floatingip'),
    ({ network }) => network.floatingIps.show('x'),
  ],
  NetworkAvailabilityZone: [
    `${NEUTRON}/availability_zones`,
    { name: 'nova', state: 'available', resource: 'router' },
    inList('availability_zones'),
    ({ network }) => network.availabilityZones.list(),
  ],
  NetworkDetails: [`${NEUTRON}/networks/x`, NETWORK, inKey('network'), ({ network }) => network.networks.show('x')],
  NetworkExtension: [
    `${NEUTRON}/extensions/x`,
    { alias: 'x', name: 'x' },
    inKey('extension'),
    ({ network }) => network.extensions.show('x'),
  ],
  Port: [`${NEUTRON}/ports/x`, PORT, inKey('port'), ({ network }) => network.ports.show('x')],
  Router: [`${NEUTRON}/routers/x`, ROUTER, inKey('router'), ({ network }) => network.routers.show('x')],
  RouterInterface: [
    `PUT ${NEUTRON}/routers/x/add_router_interface`,
    { id: 'x', port_id: 'p' },
    bare,
    ({ network }) => network.routers.addInterface('x', { portId: 'p' }),
  ],
  SecurityGroup: [
    `${NEUTRON}/security-groups/x`,
    SECURITY_GROUP,
    inKey('security_group'),
    ({ network }) => network.securityGroups.show('x'),
  ],
  SecurityGroupRule: [
    `${NEUTRON}/security-group-rules/x`,
    RULE,
    inKey('security_group_rule'),
    ({ network }) => network.securityGroupRules.show('x'),
  ],
  Subnet: [`${NEUTRON}/subnets/x`, SUBNET, inKey('subnet'), ({ network }) => network.subnets.show('x')],

  AbsoluteVolumeLimits: [
    `${CINDER}/limits`,
    volumeLimits,
    (absolute) => ({ limits: { absolute } }),
    ({ blockStorage }) => blockStorage.limits.absolute(),
  ],
  Volume: [
    `${CINDER}/volumes/x`,
    { id: 'x', status: 'available', size: 1 },
    inKey('volume'),
    ({ blockStorage }) => blockStorage.volumes.show('x'),
  ],
  VolumeSnapshot: [
    `${CINDER}/snapshots/x`,
    { id: 'x', status: 'available', size: 1, volume_id: 'v' },
    inKey('snapshot'),
    ({ blockStorage }) => blockStorage.snapshots.show('x'),
  ],
  VolumeBackup: [
    `${CINDER}/backups/x`,
    { id: 'x', status: 'available', volume_id: 'v' },
    inKey('backup'),
    ({ blockStorage }) => blockStorage.backups.show('x'),
  ],
  VolumeTransfer: [
    `${CINDER}/volume-transfers/x`,
    { id: 'x', volume_id: 'v' },
    inKey('transfer'),
    ({ blockStorage }) => blockStorage.transfers.show('x'),
  ],
  VolumeType: [`${CINDER}/types`, named, inList('volume_types'), ({ blockStorage }) => blockStorage.types.list()],

  ConsumerAllocations: [
    '/placement/allocations/x',
    { allocations: {} },
    bare,
    ({ placement }) => placement.allocations.show('x'),
  ],
  Inventory: [
    '/placement/resource_providers/x/inventories',
    inventory,
    (one) => ({ inventories: { VCPU: one } }),
    async ({ placement }) => Object.values(await placement.resourceProviders.inventories('x')),
  ],
  ResourceProvider: [
    '/placement/resource_providers/x',
    { uuid: 'x', name: 'x', generation: 1 },
    bare,
    ({ placement }) => placement.resourceProviders.show('x'),
  ],
}

async function firstOf(shown: AsyncIterator<Resource> | Promise<Resource | Resource[]>): Promise<Resource | undefined> {
  if ('next' in shown) {
    const { value } = await shown.next()
    return value
  }
  return [await shown].flat()[0]
}

test.each(Object.entries(RESOURCES))('%s keeps what is not known of it', async (_, [where, fields, wrap, show]) => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const [method = '', path = ''] = where.startsWith('/') ? ['GET', where] : where.split(' ')
  cloud.on(method, path, [{ body: wrap(fields) }, { body: wrap({ ...fields, ...UNKNOWN }) }])
  const usual = await firstOf(show(client))
  const resource = await firstOf(show(client))
  expect(resource).toEqual({ ...usual, extra: { ...usual?.extra, ...UNKNOWN } })
})

test('no resource is forgotten here', () => {
  const folder = join(import.meta.dirname, '..', 'src')
  const source = globSync('**/*.ts', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'))
  const all = source.flatMap((text) => [...text.matchAll(/^export interface (\w+) extends .*\bResource \{$/gm)])
  expect(all.map(([, name = '']) => name).toSorted()).toEqual(Object.keys(RESOURCES).toSorted())
})
