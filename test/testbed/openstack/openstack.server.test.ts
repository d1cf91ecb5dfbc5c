import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  cloudConfigFromEntry,
  collect,
  isForbidden,
  isNotFound,
  isUnauthorized,
  OpenStack,
  Secret,
  type CloudConfig,
  waitForImageActive,
  waitForServer,
  waitForServerGone,
} from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCredential, deleteCredential, ownCredentials, proveCredential } from '#clouds/application-credentials.ts'
import { neededAccessRules, ownerAccessRules } from '#domain/cloud-check/access-rules.ts'
import type { FreshCredential } from '#domain/rotation/replace-credential.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { FLAVORS, siteSeed } from '#testbed/cloud/seed.ts'
import { seedOpenStack } from '#testbed/openstack/seed/seed.ts'
import { type RunningOpenStack, type RunningRegion, startOpenStack } from '#testbed/openstack/start.ts'
import { traces } from '../site/traces.ts'

const WAIT = { deadlineMs: 60_000 }

describe.skipIf(!mayMakeBridges())('a real OpenStack', () => {
  let instance: Instance
  let openstack: RunningOpenStack
  let region: RunningRegion
  let batch: { id: string; secret: string }

  const connect = (): OpenStack =>
    OpenStack.connect(
      cloudConfigFromEntry('real', {
        auth_type: 'v3applicationcredential',
        auth: {
          auth_url: region.authUrl,
          application_credential_id: batch.id,
          application_credential_secret: batch.secret,
        },
        region_name: 'RegionOne',
      }),
    )

  beforeAll(async () => {
    instance = await createInstance({ network: 'loopback' })
    const progress = (line: string): void => console.log(line)
    openstack = await startOpenStack(instance, { progress })
    ;[region] = openstack.regions
    const { prefix, address } = instance.network
    const seed = siteSeed({
      network: { cidr: `${prefix}.0/24`, gateway: address, pool: [`${prefix}.10`, `${prefix}.99`] },
      admin: { name: 'operator', password: 'operator-pw' },
      batch: {
        project: 'batch',
        user: 'batch',
        password: 'batch-pw',
        applicationCredential: { id: '', secret: 'batch-secret' },
      },
      users: [{ name: 'ada', password: 'ada-pw', project: 'cosmology' }],
      images: [{ name: 'software', owner: 'cosmology', diskFormat: 'qcow2', size: 1 << 20, minDisk: 10 }],
      quota: { instances: 3 },
    })
    const { credentials } = await seedOpenStack(await openstack.admin(), seed)
    const id = credentials.get('batch') ?? ''
    batch = { id, secret: 'batch-secret' }
  })

  afterAll(async () => {
    if (instance === undefined) return
    const { failed } = await endInstance(instance)
    expect(failed).toEqual([])
    expect(traces(instance)).toEqual([])
  })

  it('has what its seed says', async () => {
    await using cloud = connect()
    const flavors = await collect(cloud.compute.flavors.list())
    expect(flavors.map(({ name }) => name).toSorted()).toEqual(FLAVORS.map(({ name }) => name).toSorted())
    const [network] = await collect(cloud.network.networks.list())
    expect(network).toMatchObject({ name: 'private', shared: true })
    expect((await cloud.compute.limits.absolute()).instances.limit).toBe(3)
    expect(await cloud.image.images.findByName('software')).toEqual([])
    await using users = OpenStack.connect(
      cloudConfigFromEntry('real', {
        auth: {
          auth_url: region.authUrl,
          username: 'ada',
          password: 'ada-pw',
          user_domain_name: 'Default',
          project_name: 'cosmology',
          project_domain_name: 'Default',
        },
        region_name: 'RegionOne',
      }),
    )
    const [image] = await users.image.images.findByName('software')
    expect(image).toMatchObject({ status: 'active', diskFormat: 'qcow2', minDiskGb: 10 })
  })

  it('lets a credential that may make others, and nothing else, replace the one of the batch project', async () => {
    const password = { username: 'batch', password: 'batch-pw', user_domain_name: 'Default' }
    const project = { project_name: 'batch', project_domain_name: 'Default' }
    const auth = { auth_url: region.authUrl, ...password, ...project }
    await using person = OpenStack.connect(cloudConfigFromEntry('real', { auth, region_name: 'RegionOne' }))
    const mark = { controlPlane: 'the-test', cloud: 'real', made: Date.now() }
    const expires = Math.ceil(Date.now() / 1000) * 1000 + 86_400_000
    const as = ({ id, secret }: FreshCredential): CloudConfig => ({
      ...person.config,
      credential: { type: 'applicationCredential', id, secret: new Secret(secret) },
    })
    const ofOwner = { name: 'lent', mark: { ...mark, use: 'owner' as const }, expires, rules: ownerAccessRules }
    const lent = as(await createCredential(person, { ...ofOwner, unrestricted: true }, {}))
    await using owner = OpenStack.connect(lent)
    // it can make credentials, and nothing else
    await expect(collect(owner.identity.accessRules.list())).rejects.toSatisfy(isUnauthorized)

    const [old] = await ownCredentials(owner, {})
    const rules = neededAccessRules(false)
    const wish = { name: 'next', mark: { ...mark, use: 'batch' as const, replaces: batch.id }, expires, rules }
    const make = (more: object) => createCredential(owner, { ...wish, roles: old?.roles ?? [], ...more }, {})
    const wanted = { project: await person.projectId(), withVolumes: false }
    const ruled = await make({})
    const next = (await ownCredentials(owner, {})).find(({ name }) => name === 'next')
    expect(next).toEqual({ ...next, id: ruled.id, mark: wish.mark, ruled: true, expires, roles: old?.roles })
    await using narrow = OpenStack.connect(as(ruled))
    await expect(createCredential(narrow, { ...wish, name: 'more' }, {})).rejects.toSatisfy(isUnauthorized)
    // as Debian has them, its services were not told their own type
    expect(await proveCredential(as(ruled), wanted, {})).toBe('deaf')

    // made anew, under the same name
    const fresh = await make({ rules: [] })
    expect(await proveCredential(as(fresh), wanted, {})).toBe('good')
    await using restricted = OpenStack.connect(as(fresh))
    await expect(createCredential(restricted, { ...wish, name: 'more' }, {})).rejects.toSatisfy(isForbidden)
    expect((await ownCredentials(owner, {})).filter(({ name }) => name === 'next')).toHaveLength(1)
    await deleteCredential(owner, fresh.id, {})
    await expect(restricted.compute.limits.absolute()).rejects.toSatisfy(isUnauthorized)
    // and at the end itself
    const { applicationCredential } = await owner.identity.whoami()
    await deleteCredential(owner, applicationCredential?.id ?? '', {})
    expect((await ownCredentials(person, {})).map(({ name }) => name)).toEqual(['batch'])
  })

  it('boots a server from an image and its user-data, and deletes it', async () => {
    await using cloud = connect()
    const image = await cloud.image.images.create({ name: 'own', diskFormat: 'raw' })
    await cloud.image.images.upload(image.id, Buffer.alloc(1 << 20))
    await waitForImageActive(cloud.image.images, image.id, WAIT)
    const flavor = (await collect(cloud.compute.flavors.list())).find(({ name }) => name === 'c2-7.5gb-31')
    const { id } = await cloud.compute.servers.create({
      name: 'worker-1',
      imageId: image.id,
      flavorId: flavor?.id ?? '',
      userData: '#cloud-config\nhostname: worker-1\n',
      metadata: { vm: '1' },
    })
    const server = await waitForServer(cloud.compute.servers, id, 'ACTIVE', WAIT)
    const file = join(region.hypervisorFolder, `${id}.json`)
    const record: unknown = JSON.parse(readFileSync(file, 'utf8'))
    expect(record).toMatchObject({
      id,
      name: 'worker-1',
      power: 'on',
      image: { id: image.id, name: 'own' },
      flavor: { name: 'c2-7.5gb-31', vcpus: 2, ramMb: 7680, diskGb: 20, ephemeralGb: 31 },
      address: server.addresses[0]?.address,
      userData: Buffer.from('#cloud-config\nhostname: worker-1\n').toString('base64'),
      metadata: { vm: '1' },
    })
    await cloud.compute.servers.delete(id)
    await waitForServerGone(cloud.compute.servers, id, WAIT)
    await expect(cloud.compute.servers.show(id)).rejects.toSatisfy(isNotFound)
    expect(() => readFileSync(file)).toThrow(/ENOENT/)
    await cloud.image.images.delete(image.id)
  })

  it('goes on where it was after it was killed', async () => {
    await using cloud = connect()
    const image = await cloud.image.images.create({ name: 'kept', diskFormat: 'raw' })
    await cloud.image.images.upload(image.id, Buffer.alloc(1 << 16))
    const [flavor] = await collect(cloud.compute.flavors.list())
    const { id } = await cloud.compute.servers.create({ name: 'w', imageId: image.id, flavorId: flavor?.id ?? '' })
    await waitForServer(cloud.compute.servers, id, 'ACTIVE', WAIT)
    await openstack.kill()
    await openstack.start()
    await using again = connect()
    expect(await again.compute.servers.show(id)).toMatchObject({ status: 'ACTIVE', name: 'w' })
    await again.compute.servers.delete(id)
    await waitForServerGone(again.compute.servers, id, WAIT)
  })
})
