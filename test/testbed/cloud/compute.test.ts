import { expect, test } from 'vitest'
import type { Server } from '#testbed/cloud/compute/types.ts'
import { usageOf } from '#testbed/cloud/compute/usage.ts'
import { microversionOf } from '#testbed/cloud/compute/microversion.ts'
import { asker, boot, cloudFor, idOf, imageId, projectId, rows, seed, statusBecomes } from './fixture.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJ0dXJrZXkta2V5LWZvci10ZXN0aW5nLW9ubHkhISEh test'

test('microversions: header, legacy header, latest, bounds', () => {
  expect(microversionOf(undefined, undefined)).toBe(1)
  expect(microversionOf('compute 2.47', undefined)).toBe(47)
  expect(microversionOf('placement 1.2, compute 2.90', '2.3')).toBe(90)
  expect(microversionOf(undefined, '2.3')).toBe(3)
  expect(microversionOf('compute latest', undefined)).toBe(100)
  expect(() => microversionOf('compute 2.101', undefined)).toThrow(
    'Version 2.101 is not supported by the API. Minimum is 2.1 and maximum is 2.100.',
  )
  expect(() => microversionOf('compute two', undefined)).toThrow('invalid format')
})

test('the microversion decides what is asked for, shown and refused', async () => {
  const ann = await asker(await cloudFor(), 'ann', 'alpha')
  const at = (version: string) => ({ 'OpenStack-API-Version': `compute ${version}` })
  expect(await ann('GET', 'compute/servers', undefined, at('2.200'))).toMatchObject({
    status: 406,
    body: { computeFault: { code: 406 } },
  })
  expect((await boot(ann, { networks: undefined, tags: ['x'] }, at('2.1'))).status).toBe(400)
  const id = idOf(await boot(ann, { networks: undefined }, at('2.1')))
  const old = await ann('GET', `compute/servers/${id}`, undefined, at('2.1'))
  expect(old.body).toMatchObject({ server: { flavor: { id: 'small' } } })
  expect(old.body['server']).not.toHaveProperty('locked')
  expect(old.headers.get('openstack-api-version')).toBe('compute 2.1')
  expect((await ann('GET', `compute/servers/${id}`, undefined, at('2.96'))).body).toMatchObject({
    server: { flavor: { original_name: 'c1-1gb-5' }, pinned_availability_zone: 'nova' },
  })
})

test('an administrator sees the user data and the host', async () => {
  const cloud = await cloudFor()
  const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
  const id = idOf(await boot(ann, { user_data: 'aGFsbG8=' }))
  expect((await root('GET', `compute/servers/${id}`)).body).toMatchObject({
    server: { 'OS-EXT-SRV-ATTR:user_data': 'aGFsbG8=', 'OS-EXT-SRV-ATTR:host': 'host-1' },
  })
})

test('flavors: list, detail, private ones by project, access', async () => {
  const cloud = await cloudFor()
  const [ann, bob, root] = [
    await asker(cloud, 'ann', 'alpha'),
    await asker(cloud, 'bob', 'beta'),
    await asker(cloud, 'root', 'admin'),
  ]
  const ids = async (ask: typeof ann, query = ''): Promise<string[]> =>
    rows(await ask('GET', `compute/flavors${query}`), 'flavors').map((flavor) => flavor.id)
  expect(await ids(ann)).toEqual(['big', 'diskless', 'huge', 'small', 'tiny'])
  expect(await ids(bob)).toContain('betas')
  expect(await ids(root, '?is_public=None')).toContain('betas')
  expect(await ids(ann, '?minRam=2000')).toEqual(['big'])
  expect((await ann('GET', 'compute/flavors/small')).body).toMatchObject({
    flavor: { name: 'c1-1gb-5', ram: 1024, disk: 10, 'OS-FLV-EXT-DATA:ephemeral': 5, extra_specs: {}, swap: 0 },
  })
  expect((await ann('GET', 'compute/flavors/betas')).status).toBe(404)
  const project = await projectId(ann)
  const grant = { addTenantAccess: { tenant: project } }
  expect((await ann('POST', 'compute/flavors/betas/action', grant)).status).toBe(403)
  expect((await root('POST', 'compute/flavors/betas/action', grant)).status).toBe(200)
  expect((await root('POST', 'compute/flavors/betas/action', grant)).status).toBe(409)
  expect((await ann('GET', 'compute/flavors/betas')).status).toBe(200)
  const made = await root('POST', 'compute/flavors', { flavor: { name: 'new', vcpus: 2, ram: 2048, disk: 20 } })
  expect(made.status).toBe(200)
  expect(
    (await root('POST', 'compute/flavors', { flavor: { name: 'new', vcpus: 2, ram: 2048, disk: 20 } })).status,
  ).toBe(409)
})

test('keypairs: imported, made, refused, used', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  const add = (keypair: object, headers = {}) => ann('POST', 'compute/os-keypairs', { keypair }, headers)
  expect(await add({ name: 'k', public_key: KEY })).toMatchObject({
    status: 201,
    body: { keypair: { name: 'k', type: 'ssh', fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}/) } },
  })
  expect(await add({ name: 'k', public_key: KEY })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: "Key pair 'k' already exists." } },
  })
  expect((await add({ name: 'bad', public_key: 'no key' })).status).toBe(400)
  expect((await add({ name: 'made' })).body).toMatchObject({
    keypair: {
      private_key: expect.stringContaining('PRIVATE KEY'),
      public_key: expect.stringMatching(/^ssh-rsa AAAAB3/),
    },
  })
  expect((await add({ name: 'made2' }, { 'OpenStack-API-Version': 'compute 2.92' })).status).toBe(400)
  expect((await boot(ann, { key_name: 'k' })).status).toBe(202)
  expect((await ann('DELETE', 'compute/os-keypairs/k')).status).toBe(204)
  expect((await ann('GET', 'compute/os-keypairs/k')).status).toBe(404)
})

test('server groups: made, joined, kept to, limited, another project’s are not there', async () => {
  const cloud = await cloudFor({
    seed: { ...seed, hosts: [{ name: 'only', vcpus: 100, ramMb: 1 << 20, diskGb: 10_000 }] },
  })
  const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
  const make = (body: object, version: string) =>
    ann('POST', 'compute/os-server-groups', { server_group: body }, { 'OpenStack-API-Version': `compute ${version}` })
  expect((await make({ name: 'old', policies: ['soft-affinity'] }, '2.14')).status).toBe(400)
  expect((await make({ name: 'old', policies: ['affinity'] }, '2.1')).body).toMatchObject({
    server_group: { policies: ['affinity'], members: [], metadata: {} },
  })
  const rules = { max_server_per_host: 1 }
  expect(await make({ name: 'n', policy: 'affinity', rules }, '2.64')).toMatchObject({
    status: 400,
    body: { badRequest: { message: 'Only anti-affinity policy supports rules.' } },
  })
  const made = await make({ name: 'apart', policy: 'anti-affinity', rules }, '2.64')
  expect(made).toMatchObject({ status: 200, body: { server_group: { policy: 'anti-affinity', rules, members: [] } } })
  const { id } = (made.body as { server_group: { id: string } }).server_group
  const imageRef = await imageId(ann, 'base')
  const join = (who: typeof ann, group = id) => {
    const server = { name: 'vm', imageRef, flavorRef: 'small', networks: 'auto' }
    return who('POST', 'compute/servers', { server, 'os:scheduler_hints': { group } })
  }
  expect((await join(bob)).status).toBe(400)
  expect((await join(ann, 'apart')).status).toBe(400)
  const first = idOf(await join(ann))
  await statusBecomes(ann, first, 'ACTIVE')
  await statusBecomes(ann, idOf(await join(ann)), 'ERROR')
  expect((await ann('GET', `compute/os-server-groups/${id}`)).body).toMatchObject({
    server_group: { members: [first, expect.any(String)] },
  })
  expect((await bob('GET', `compute/os-server-groups/${id}`)).status).toBe(404)
  expect((await bob('GET', 'compute/os-server-groups')).body).toEqual({ server_groups: [] })
  expect((await ann('GET', 'compute/os-server-groups?offset=1')).body).toMatchObject({ server_groups: [{ id }] })
  expect((await ann('DELETE', `compute/os-server-groups/${id}`)).status).toBe(204)
})

test('quota sets: own, detail, changed by an administrator alone', async () => {
  const cloud = await cloudFor()
  const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
  const project = await projectId(ann)
  await boot(ann, { flavorRef: 'big' })
  const path = `compute/os-quota-sets/${project}`
  expect((await ann('GET', `${path}/detail`)).body).toMatchObject({
    quota_set: { cores: { in_use: 4, limit: 4000, reserved: 0 }, ram: { in_use: 8192, limit: -1 } },
  })
  expect((await ann('PUT', path, { quota_set: { cores: 1 } })).status).toBe(403)
  expect((await root('PUT', path, { quota_set: { cores: 7 } })).status).toBe(200)
  expect((await ann('GET', path)).body).toMatchObject({ quota_set: { cores: 7, instances: 400 } })
  expect((await ann('GET', 'compute/os-quota-sets/another')).status).toBe(403)
  expect((await ann('GET', 'compute/os-availability-zone')).body).toMatchObject({
    availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }],
  })
})

test('usage: hours within the time asked for, for servers that ran in it', () => {
  const HOUR = 3_600_000
  const server = (launchedAt: number | null, deletedAt: number | null): Server => ({ ...idle, launchedAt, deletedAt })
  const servers = [server(0, 10 * HOUR), server(4 * HOUR, null), server(null, null), server(0, 1 * HOUR)]
  const usage = usageOf(servers, 2 * HOUR, 6 * HOUR, 20 * HOUR)
  expect(usage).toMatchObject({ total_hours: 6, total_vcpus_usage: 12, total_memory_mb_usage: 6144 })
  expect(usage.server_usages.map((row) => row.state)).toEqual(['terminated', 'active'])
})

test('usage is for the project and for administrators', async () => {
  const cloud = await cloudFor()
  const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
  await statusBecomes(ann, idOf(await boot(ann)), 'ACTIVE')
  const path = `compute/os-simple-tenant-usage/${await projectId(ann)}?start=2020-01-01T00:00:00`
  expect((await ann('GET', path)).body).toMatchObject({ tenant_usage: { server_usages: [{ name: 'vm', vcpus: 1 }] } })
  expect((await bob('GET', path)).status).toBe(403)
  expect((await bob('GET', 'compute/os-simple-tenant-usage')).status).toBe(403)
})

const idle: Server = {
  id: 'i',
  name: 'vm',
  description: null,
  projectId: 'p',
  userId: 'u',
  reservationId: 'r',
  requestId: 'q',
  flavor: {
    id: 'f',
    name: 'f',
    vcpus: 2,
    ramMb: 1024,
    diskGb: 10,
    ephemeralGb: 0,
    swapMb: 0,
    extraSpecs: {},
    description: null,
    onlyFor: null,
  },
  imageId: 'm',
  imageName: null,
  metadata: {},
  tags: [],
  keyName: null,
  zone: 'nova',
  groupId: null,
  host: 'host-1',
  hostname: 'vm',
  securityGroups: [],
  volumes: [],
  configDrive: false,
  launchIndex: 0,
  vmState: 'active',
  taskState: null,
  powerState: 1,
  progress: 0,
  lockedBy: null,
  lockedReason: null,
  fault: null,
  stuck: false,
  deleteSticks: false,
  keepsPorts: false,
  keepsVolumes: null,
  vanished: false,
  due: null,
  createdAt: 0,
  updatedAt: 0,
  launchedAt: null,
  deletedAt: null,
}
