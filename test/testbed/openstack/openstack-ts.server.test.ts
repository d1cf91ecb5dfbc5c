import {
  cloudConfigFromEntry,
  collect,
  isConflict,
  isForbidden,
  OpenStack,
  waitForImageActive,
  waitForServer,
  waitForServerGone,
} from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { siteSeed } from '#testbed/cloud/seed.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { seedOpenStack } from '#testbed/openstack/seed/seed.ts'
import { startOpenStack } from '#testbed/openstack/start.ts'

// What openstack-ts asks for beyond what worker VMs need, of services that were not made to its measure.

const WAIT = { deadlineMs: 60_000 }

describe.skipIf(!mayMakeBridges())('a real OpenStack understands', () => {
  let instance: Instance
  let authUrl: string

  const connect = (username: string, password: string, project_name: string): OpenStack => {
    const domains = { user_domain_id: 'default', project_domain_id: 'default' }
    const auth = { auth_url: authUrl, username, password, project_name, ...domains }
    return OpenStack.connect(cloudConfigFromEntry('real', { auth, region_name: 'RegionOne' }))
  }

  beforeAll(async () => {
    instance = await createInstance({ network: 'loopback' })
    const openstack = await startOpenStack(instance, { progress: (line) => console.log(line) })
    authUrl = openstack.regions[0].authUrl
    const { prefix, address } = instance.network
    const seed = siteSeed({
      network: { cidr: `${prefix}.0/24`, gateway: address, pool: [`${prefix}.10`, `${prefix}.99`] },
      admin: { name: 'operator', password: 'operator-pw' },
      batch: { project: 'batch', user: 'batch', password: 'batch-pw' },
      users: [],
    })
    await seedOpenStack(await openstack.admin(), seed)
  })

  afterAll(async () => {
    if (instance !== undefined) await endInstance(instance)
  })

  it('what administrators ask for', async () => {
    await using cloud = connect('batch', 'batch-pw', 'batch')
    await using admin = connect('operator', 'operator-pw', 'admin')
    const project = await cloud.projectId()
    const { flavors, quotas, usage } = admin.compute
    const gpu = await flavors.create({
      name: 'gpu',
      vcpus: 1,
      ramMb: 64,
      diskGb: 1,
      isPublic: false,
      description: 'one',
    })
    expect(await flavors.describe(gpu.id, 'another')).toMatchObject({ isPublic: false, description: 'another' })
    expect(await flavors.setExtraSpecs(gpu.id, { 'hw:cpu_policy': 'shared' })).toEqual({ 'hw:cpu_policy': 'shared' })
    expect(await flavors.give(gpu.id, project)).toEqual([project])
    expect(await flavors.projects(gpu.id)).toEqual([project])
    expect((await cloud.compute.flavors.show(gpu.id)).name).toBe('gpu')
    await flavors.deleteExtraSpec(gpu.id, 'hw:cpu_policy')
    expect(await flavors.extraSpecs(gpu.id)).toEqual({})
    expect(await flavors.take(gpu.id, project)).toEqual([])
    await flavors.delete(gpu.id)

    const before = await quotas.limits(project)
    expect(await quotas.update(project, { server_groups: 7, key_pairs: null })).toMatchObject({
      server_groups: 7,
      key_pairs: null,
    })
    expect((await cloud.compute.quotas.show()).others['server_groups']).toMatchObject({ limit: 7, used: 0 })
    expect(await quotas.defaults(project)).toMatchObject({ server_groups: 10 })
    await quotas.update(project, {
      server_groups: before['server_groups'] ?? null,
      key_pairs: before['key_pairs'] ?? null,
    })

    const { resourceProviders, resourceClasses, traits } = admin.placement
    const [provider] = await resourceProviders.list({ resources: { VCPU: 1 } })
    expect((await resourceProviders.inventories(provider?.id ?? ''))['VCPU']?.total).toBeGreaterThan(0)
    expect(await resourceClasses.list()).toContain('VCPU')
    expect(await traits.list({ prefix: 'COMPUTE_' })).toContain('COMPUTE_NODE')
    const { candidates } = await admin.placement.allocationCandidates.list({ resources: { VCPU: 1, MEMORY_MB: 64 } })
    expect(candidates.length).toBeGreaterThan(0)
    expect(await usage.list({ start: new Date(Date.now() - 60_000) })).toBeInstanceOf(Array)
  })

  it('what an owner asks of a server', async () => {
    await using cloud = connect('batch', 'batch-pw', 'batch')
    await using admin = connect('operator', 'operator-pw', 'admin')
    const { actions, consoles, instanceActions, keypairs, metadata, serverGroups, servers, tags, usage } = cloud.compute
    const group = await serverGroups.create({ name: 'apart', policy: 'anti-affinity', maxServersPerHost: 2 })
    expect(group).toMatchObject({ policy: 'anti-affinity', maxServersPerHost: 2, members: [] })
    const pair = await keypairs.generate('laptop')
    expect(pair.privateKey.reveal()).toContain('PRIVATE KEY')
    const own = await admin.compute.keypairs.show('laptop', { userId: await cloud.userId() })
    expect(own.publicKey.trim()).toBe(pair.publicKey.trim())

    const image = await cloud.image.images.create({ name: 'own', diskFormat: 'raw', tags: ['base'] })
    await cloud.image.images.upload(image.id, Buffer.alloc(1 << 16))
    const [flavor] = await collect(cloud.compute.flavors.list())
    const { id } = await servers.create({
      name: 'desktop',
      imageId: image.id,
      flavorId: flavor?.id ?? '',
      keyName: 'laptop',
      tags: ['batch'],
      description: 'mine',
      schedulerHints: { group: group.id },
      accessIpv4: '192.0.2.1',
    })
    const server = await waitForServer(servers, id, 'ACTIVE', WAIT)
    expect(server).toMatchObject({
      description: 'mine',
      tags: ['batch'],
      keyName: 'laptop',
      extra: { accessIPv4: '192.0.2.1' },
    })
    expect((await collect(serverGroups.list())).map(({ members }) => members)).toEqual([[id]])
    expect(await servers.update(id, { name: 'renamed', description: null })).toMatchObject({
      name: 'renamed',
      description: null,
    })
    expect(await metadata.replace(id, { a: '1', b: '2' })).toEqual({ a: '1', b: '2' })
    expect(await metadata.showKey(id, 'b')).toBe('2')
    await tags.add(id, 'keep it')
    expect([await tags.has(id, 'keep it'), await tags.has(id, 'none')]).toEqual([true, false])
    expect(await tags.replace(id, ['only'])).toEqual(['only'])
    await tags.clear(id)
    expect(await tags.list(id)).toEqual([])
    const span = { start: new Date(Date.now() - 3_600_000), end: new Date(Date.now() + 3_600_000) }
    const used = await usage.show(span, undefined, { pageSize: 1 })
    expect(used.servers.find(({ serverId }) => serverId === id)).toMatchObject({ state: 'active', endedAt: null })
    expect(typeof (await consoles.log(id, 5))).toBe('string')
    expect((await admin.compute.diagnostics.show(id)).state).toBe('running')
    expect(await actions.rebuild(id, image.id, { name: 'anew', metadata: {}, keyName: null })).toMatchObject({
      adminPassword: expect.any(String),
    })
    const anew = await waitForServer(servers, id, 'ACTIVE', WAIT)
    expect(anew).toMatchObject({ name: 'anew', metadata: {}, keyName: null })
    const done = await collect(instanceActions.list(id))
    expect(done.map(({ action }) => action)).toEqual(['rebuild', 'create'])

    await servers.delete(id)
    await waitForServerGone(servers, id, WAIT)
    await serverGroups.delete(group.id)
    await keypairs.delete('laptop')
    await cloud.image.images.delete(image.id)
  })

  it('what is asked of images and networks', async () => {
    await using cloud = connect('batch', 'batch-pw', 'batch')
    await using admin = connect('operator', 'operator-pw', 'admin')
    const { images, info, tags, tasks } = cloud.image
    const image = await images.create({ name: 'imported', diskFormat: 'raw', properties: { os_codename: 'trixie' } })
    expect(await info.importMethods()).toContain('glance-direct')
    await images.stage(image.id, Buffer.alloc(1 << 16))
    await images.import(image.id, { method: 'glance-direct' })
    const active = await waitForImageActive(images, image.id, WAIT)
    expect(active).toMatchObject({ sizeBytes: 1 << 16, extra: { schema: '/v2/schemas/image' } })
    expect((await tasks.ofImage(image.id)).map(({ status }) => status)).toEqual(['success'])
    const changed = await images.update(image.id, [
      { op: 'add', path: '/os_version', value: '13' },
      { op: 'remove', path: '/os_codename' },
    ])
    expect(changed.properties).toMatchObject({ os_version: '13' })
    expect(changed.properties).not.toHaveProperty('os_codename')
    await tags.add(image.id, 'batch')
    await admin.image.images.deactivate(image.id)
    expect(await images.show(image.id)).toMatchObject({ status: 'deactivated', tags: ['batch'] })
    await expect(images.download(image.id)).rejects.toSatisfy(isForbidden)
    await admin.image.images.reactivate(image.id)
    await images.delete(image.id)

    const { extensions, networks, ports, quotas, securityGroupRules, securityGroups, subnets } = cloud.network
    const network = await networks.create({ name: 'pool', description: 'of one' })
    const subnet = await subnets.create({
      networkId: network.id,
      ipVersion: 4,
      cidr: '10.77.0.0/24',
      dhcpEnabled: false,
    })
    const group = await securityGroups.create({ name: 'ssh' })
    await securityGroupRules.create({
      securityGroupId: group.id,
      direction: 'ingress',
      protocol: 'tcp',
      portMin: 22,
      portMax: 22,
    })
    const port = await ports.create({ networkId: network.id, securityGroupIds: [group.id] })
    expect(port.fixedIps).toMatchObject([{ subnetId: subnet.id }])
    const revision = port.revision ?? 0
    await ports.update(port.id, { name: 'head' }, { ifRevision: revision })
    await expect(ports.update(port.id, { name: 'tail' }, { ifRevision: revision })).rejects.toSatisfy(isConflict)
    if (await extensions.has('standard-attr-tag')) {
      expect(await cloud.network.tags.replace('ports', port.id, ['batch'])).toEqual(['batch'])
      await cloud.network.tags.clear('ports', port.id)
    }
    expect((await quotas.show()).ports.used).toBe(1)
    await ports.delete(port.id)
    await networks.delete(network.id)
    await securityGroups.delete(group.id)
  })
})
