import { expect, test } from 'vitest'
import { FLAVORS, siteSeed } from '#testbed/cloud/seed.ts'
import { asker, boot, cloudFor, idOf, imageId, rows, statusBecomes } from './fixture.ts'

test('two clouds side by side know nothing of each other', async () => {
  const [arbutus, east] = [await cloudFor(), await cloudFor({ name: 'east' })]
  const [here, there] = [await asker(arbutus, 'ann', 'alpha'), await asker(east, 'ann', 'alpha')]
  const id = idOf(await boot(here))
  await statusBecomes(here, id, 'ACTIVE')
  expect((await there('GET', `compute/servers/${id}`)).status).toBe(404)
  expect((await fetch(`${east.url}/compute/v2.1/servers`, { headers: { 'X-Auth-Token': here.token } })).status).toBe(
    401,
  )
  // Ids follow from the cloud's name too; the same image has the same hash on both.
  const [imageHere, imageThere] = [await imageId(here, 'base'), await imageId(there, 'base')]
  expect(imageHere).not.toBe(imageThere)
  const hash = async (ask: typeof here, image: string): Promise<unknown> =>
    (await ask('GET', `image/images/${image}`)).body['os_hash_value']
  expect(await hash(here, imageHere)).toBe(await hash(there, imageThere))
  await arbutus.admin.addFault({ times: null, effect: { kind: 'status', status: 503 } })
  expect((await here('GET', 'image/images')).status).toBe(503)
  expect((await there('GET', 'image/images')).status).toBe(200)
})

test('the seed of a batch site: its users, the batch project with room, flavors named for what they have', async () => {
  const seed = siteSeed({
    network: { cidr: '10.66.0.0/16', pool: ['10.66.1.1', '10.66.9.254'] },
    admin: { name: 'ops', password: 'ops-pw' },
    batch: {
      project: 'batch',
      user: 'batch',
      password: 'batch-pw',
      applicationCredential: { id: 'cred', secret: 'hush' },
    },
    users: [{ name: 'jane', password: 'jane-pw', project: 'jane-project' }],
    images: [{ name: 'catalogue-software', owner: 'jane-project', minDisk: 10, size: 1 << 20 }],
    quota: { cores: 40 },
  })
  const cloud = await cloudFor({ seed })
  const batch = await asker(cloud, 'batch', 'batch')
  expect((await batch('GET', 'compute/limits')).body).toMatchObject({
    limits: { absolute: { maxTotalCores: 40, maxTotalInstances: 500 } },
  })
  expect(FLAVORS.find((flavor) => flavor.name === 'c2-7.5gb-31')).toMatchObject({
    vcpus: 2,
    ramMb: 7680,
    diskGb: 20,
    ephemeralGb: 31,
  })
  const flavors = rows(await batch('GET', 'compute/flavors'), 'flavors')
  const flavorRef = flavors.find((flavor) => flavor.name === 'c2-7.5gb-31')?.id
  const jane = await asker(cloud, 'jane', 'jane-project')
  const imageRef = await imageId(jane, 'catalogue-software')
  const id = idOf(await boot2(jane, imageRef, flavorRef))
  expect((await statusBecomes(jane, id, 'ACTIVE')).body).toMatchObject({
    server: { addresses: { private: [{ addr: '10.66.1.1' }] } },
  })
  const token = await fetch(`${cloud.authUrl}/auth/tokens`, {
    method: 'POST',
    body: JSON.stringify({
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id: 'cred', secret: 'hush' } },
      },
    }),
  })
  expect(token.status).toBe(201)
})

const boot2 = (ask: Awaited<ReturnType<typeof asker>>, imageRef: string, flavorRef: string | undefined) =>
  ask('POST', 'compute/servers', { server: { name: 'w', imageRef, flavorRef, networks: 'auto' } })
