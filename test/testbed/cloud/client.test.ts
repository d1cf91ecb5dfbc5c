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
