import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import {
  cloudConfigFromEntry,
  collect,
  isConflict,
  isForbidden,
  isNotFound,
  OpenStack,
  sameData,
  Secret,
  waitForServer,
} from 'openstack-ts'
import type { RunningCloud } from '#testbed/cloud/start.ts'
import { cloudFor, newFolder } from './fixture.ts'

// openstack-ts against the simulator: what one sends, the other understands.

function connect(cloud: RunningCloud, user: string, project: string): OpenStack {
  const auth = { auth_url: cloud.authUrl, username: user, password: `${user}-pw`, project_name: project }
  const names = { user_domain_id: 'default', project_domain_id: 'default' }
  const client = OpenStack.connect(cloudConfigFromEntry('sim', { auth: { ...auth, ...names } }))
  onTestFinished(() => client.close())
  return client
}

test('image data up and down by hash, from a byte on, shared with another project, tagged, switched off', async () => {
  const cloud = await cloudFor({ imageFolder: newFolder() })
  const [ann, bob, root] = [
    connect(cloud, 'ann', 'alpha'),
    connect(cloud, 'bob', 'beta'),
    connect(cloud, 'root', 'admin'),
  ]
  const { images, members, tags } = ann.image
  const data = randomBytes(300_000)
  const { id } = await images.create({
    name: 'mine',
    diskFormat: 'raw',
    tags: ['batch'],
    properties: { os_distro: 'debian' },
  })
  const sent = await images.upload(id, Readable.from([data.subarray(0, 7), data.subarray(7)]), {
    hashAlgorithm: 'sha512',
  })
  const image = await images.show(id)
  expect(image).toMatchObject({
    status: 'active',
    sizeBytes: data.length,
    tags: ['batch'],
    properties: { os_distro: 'debian' },
  })
  expect(sent.hash?.value).toBe(createHash('sha512').update(data).digest('hex'))
  expect(sent.hash !== null && sameData(image, sent.hash)).toBe(true)
  expect((await buffer(await images.downloadWhole(id))).equals(data)).toBe(true)
  expect((await buffer(await images.download(id, { fromByte: 299_990 }))).equals(data.subarray(299_990))).toBe(true)
  await expect(images.download(id, { fromByte: data.length })).rejects.toMatchObject({ status: 416 })

  const beta = await bob.projectId()
  await images.setVisibility(id, 'shared')
  await members.create(id, beta)
  await expect(members.create(id, beta)).rejects.toSatisfy(isConflict)
  await expect(members.update(id, beta, 'accepted')).rejects.toSatisfy(isForbidden)
  expect((await bob.image.members.update(id, beta, 'accepted')).status).toBe('accepted')
  expect((await collect(bob.image.images.list({ visibility: 'shared' }))).map((one) => one.id)).toContain(id)
  await members.delete(id, beta)
  await expect(bob.image.images.show(id)).rejects.toSatisfy(isNotFound)

  await tags.add(id, 'gpu')
  await tags.remove(id, 'batch')
  await root.image.images.deactivate(id)
  expect(await images.show(id)).toMatchObject({ tags: ['gpu'], status: 'deactivated' })
  await root.image.images.reactivate(id)
  await images.delete(id)
  await expect(images.show(id)).rejects.toSatisfy(isNotFound)
})

test('a project, a user and a role; a credential of the user; its token seen and revoked', async () => {
  const cloud = await cloudFor()
  const { projects, users, roles, roleAssignments, tokens } = connect(cloud, 'root', 'admin').identity
  const project = await projects.create({ name: 'gamma', domainId: 'default' })
  await expect(projects.create({ name: 'gamma', domainId: 'default' })).rejects.toSatisfy(isConflict)
  const user = await users.create({ name: 'gus', domainId: 'default', password: 'gus-pw' })
  expect((await collect(users.list({ name: 'gus' }))).map(({ id }) => id)).toEqual([user.id])
  const [member] = await collect(roles.list({ name: 'member' }))
  const to = { projectId: project.id, userId: user.id }
  expect(await roles.isGranted(to, member?.id ?? '')).toBe(false)
  await roles.grant(to, member?.id ?? '')
  expect(await roles.isGranted(to, member?.id ?? '')).toBe(true)
  expect(await collect(roleAssignments.list({ ...to, effective: true }))).toMatchObject([
    { role: { id: member?.id }, user: { id: user.id }, project: { id: project.id } },
  ])

  const gus = connect(cloud, 'gus', 'gamma')
  expect((await collect(gus.identity.projects.mine())).map(({ name }) => name)).toEqual(['gamma'])
  const { applicationCredentials } = gus.identity
  const { id, secret } = await applicationCredentials.create({ name: 'bot', roles: [{ name: 'member' }] })
  expect((await collect(applicationCredentials.list())).map((one) => one.id)).toEqual([id])
  const auth = {
    auth_url: cloud.authUrl,
    application_credential_id: id,
    application_credential_secret: secret.reveal(),
  }
  const bot = OpenStack.connect(cloudConfigFromEntry('bot', { auth }))
  onTestFinished(() => bot.close())
  expect((await bot.identity.whoami()).project?.name).toBe('gamma')
  await applicationCredentials.delete(id)
  await expect(applicationCredentials.show(id)).rejects.toSatisfy(isNotFound)

  const reply = await fetch(`${cloud.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user: { id: user.id, password: 'gus-pw' } } } },
    }),
  })
  const shown = new Secret(reply.headers.get('x-subject-token') ?? '')
  expect((await tokens.validate(shown))?.user.name).toBe('gus')
  await tokens.revoke(shown)
  expect(await tokens.validate(shown)).toBeUndefined()

  await roles.revoke(to, member?.id ?? '')
  await users.delete(user.id)
  await projects.delete(project.id)
  await expect(projects.show(project.id)).rejects.toSatisfy(isNotFound)
})

test('Placement tells administrators where there is room, and nobody else', async () => {
  const cloud = await cloudFor({ placement: true })
  const [ann, root] = [connect(cloud, 'ann', 'alpha'), connect(cloud, 'root', 'admin')]
  await expect(ann.placement.resourceProviders.list()).rejects.toSatisfy(isForbidden)

  const { allocationCandidates, allocations, resourceClasses, resourceProviders, traits, usages } = root.placement
  const wish = { VCPU: 2048, MEMORY_MB: 1024 }
  expect((await allocationCandidates.list({ resources: wish })).candidates).toHaveLength(4)
  const { id } = await ann.compute.servers.create({ name: 'vm', imageId: await base(ann), flavorId: 'small' })
  await waitForServer(ann.compute.servers, id, 'ACTIVE', { deadlineMs: 10_000, intervalMs: 20 })

  const { byProvider, projectId } = await allocations.show(id)
  const held = { VCPU: 1, MEMORY_MB: 1024, DISK_GB: 15 }
  expect([Object.values(byProvider), projectId]).toEqual([[held], await ann.projectId()])
  const [provider = ''] = Object.keys(byProvider)
  expect(await resourceProviders.usages(provider)).toEqual(held)
  expect(await usages.show(await ann.projectId())).toEqual(held)
  expect((await resourceProviders.inventories(provider))['VCPU']).toMatchObject({ total: 2048, allocationRatio: 1 })
  expect(await resourceProviders.show(provider)).toMatchObject({ id: provider, parentId: null })
  expect((await resourceProviders.list({ resources: wish })).map((one) => one.id)).not.toContain(provider)
  expect(await resourceProviders.list({ required: ['!COMPUTE_NODE'] })).toEqual([])
  expect([await resourceProviders.traits(provider), await resourceProviders.aggregates(provider)]).toEqual([
    await traits.list({ associated: true }),
    [],
  ])
  expect(await resourceClasses.list()).toContain('VCPU')
  const { candidates, providers } = await allocationCandidates.list({ resources: wish, limit: 2 })
  expect([candidates.length, Object.keys(providers).includes(provider)]).toEqual([2, false])
  expect(await allocations.show('00000000-0000-4000-8000-000000000000')).toMatchObject({
    byProvider: {},
    projectId: null,
  })
  await expect(resourceProviders.show(id)).rejects.toMatchObject({
    code: 'NotFound',
    fault: expect.stringContaining(id),
  })
})

test('what administrators of Nova do, and what owners do to a server', async () => {
  const cloud = await cloudFor()
  const [ann, root] = [connect(cloud, 'ann', 'alpha'), connect(cloud, 'root', 'admin')]
  const alpha = await ann.projectId()
  const { flavors, quotas, usage } = root.compute
  const gpu = await flavors.create({ name: 'gpu-1', vcpus: 1, ramMb: 1024, diskGb: 10, isPublic: false, swapMb: 64 })
  await expect(ann.compute.flavors.show(gpu.id)).rejects.toSatisfy(isNotFound)
  expect(await flavors.give(gpu.id, alpha)).toEqual([alpha])
  await flavors.setExtraSpecs(gpu.id, { 'pci_passthrough:alias': 'gpu:1' })
  expect(await ann.compute.flavors.show(gpu.id)).toMatchObject({
    isPublic: false,
    swapMb: 64,
    extraSpecs: { 'pci_passthrough:alias': 'gpu:1' },
  })
  expect([await flavors.take(gpu.id, alpha), await flavors.projects(gpu.id)]).toEqual([[], []])
  await flavors.delete(gpu.id)

  expect(await quotas.update(alpha, { instances: 7, cores: null })).toMatchObject({ instances: 7, cores: null })
  expect((await ann.compute.quotas.show()).instances.limit).toBe(7)
  await quotas.reset(alpha)
  expect(await ann.compute.quotas.limits()).toEqual(await ann.compute.quotas.defaults())

  const { keypairs, metadata, servers, tags } = ann.compute
  const pair = await keypairs.generate('laptop')
  expect(pair.privateKey.reveal()).toContain('PRIVATE KEY')
  expect((await root.compute.keypairs.show('laptop', { userId: await ann.userId() })).publicKey).toBe(pair.publicKey)
  const { id } = await servers.create({ name: 'vm', imageId: await base(ann), flavorId: 'small', keyName: 'laptop' })
  expect(await servers.update(id, { name: 'renamed', description: 'mine' })).toMatchObject({
    name: 'renamed',
    description: 'mine',
  })
  expect(await metadata.replace(id, { a: '1' })).toEqual({ a: '1' })
  expect(await metadata.showKey(id, 'a')).toBe('1')
  await tags.add(id, 'batch')
  expect(await tags.replace(id, [...(await tags.list(id)), 'keep'])).toEqual(['batch', 'keep'])
  await tags.remove(id, 'batch')
  expect((await servers.show(id)).tags).toEqual(['keep'])
  // It uses something from when it runs.
  await waitForServer(servers, id, 'ACTIVE', { deadlineMs: 10_000, intervalMs: 20 })
  const span = { start: new Date(Date.now() - 3_600_000) }
  expect((await ann.compute.usage.show(span)).servers).toMatchObject([
    { serverId: id, flavor: 'c1-1gb-5', endedAt: null },
  ])
  expect((await usage.list(span)).map(({ projectId }) => projectId)).toEqual([alpha])
  await servers.delete(id)
  await keypairs.delete('laptop')
})

async function base(client: OpenStack): Promise<string> {
  const [image] = await client.image.images.findByName('base')
  return image?.id ?? ''
}
