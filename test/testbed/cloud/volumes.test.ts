import { describe, expect, test } from 'vitest'
import {
  asker,
  cloudFor,
  field,
  imageId,
  newFolder,
  projectId,
  rows,
  seed,
  until,
  type Answer,
  type Asker,
} from './fixture.ts'

/** Asks below the project's own path. */
async function cinder(ask: Asker) {
  const project = await projectId(ask)
  return Object.assign(
    (method: string, path: string, body?: unknown, version = '3.59'): Promise<Answer> =>
      ask(method, `volume/${project}/${path}`, body, { 'OpenStack-API-Version': `volume ${version}` }),
    { project },
  )
}
type Cinder = Awaited<ReturnType<typeof cinder>>

const make = async (ask: Cinder, wish: object): Promise<string> => {
  const answer = await ask('POST', 'volumes', { volume: { size: 1, ...wish } })
  expect([answer.status, field(answer, 'volume', 'status')]).toEqual([202, 'creating'])
  return field(answer, 'volume', 'id')
}
const becomes = (ask: Cinder, id: string, status: string): Promise<Answer> =>
  until(
    () => ask('GET', `volumes/${id}`),
    (answer) => answer.status === 200 && field(answer, 'volume', 'status') === status,
  )
const gone = (ask: Cinder, id: string): Promise<Answer> =>
  until(
    () => ask('GET', `volumes/${id}`),
    ({ status }) => status === 404,
  )

test('it is in the catalog with the project’s id, and says what it speaks without a token', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  const { body } = await ann('GET', 'identity/auth/catalog')
  expect(JSON.stringify(body)).toContain(`${cloud.url}/volume/v3/${await projectId(ann)}`)
  const root = await fetch(`${cloud.url}/volume/`)
  expect(root.status).toBe(300)
  expect(await (await fetch(`${cloud.url}/volume/v3/`)).json()).toMatchObject({
    versions: [{ id: 'v3.0', min_version: '3.0', version: '3.71' }],
  })
  const ask = await cinder(ann)
  expect((await ask('GET', 'volumes', undefined, '3.12')).headers.get('openstack-api-version')).toBe('volume 3.12')
  expect(await ask('GET', 'volumes', undefined, '3.99')).toMatchObject({ status: 406 })
})

test('create, show, list, update, extend, delete, each project by itself', async () => {
  const cloud = await cloudFor()
  const [ann, bob, eve] = [
    await cinder(await asker(cloud, 'ann', 'alpha')),
    await cinder(await asker(cloud, 'bob', 'beta')),
    await cinder(await asker(cloud, 'eve', 'alpha')),
  ]
  const id = await make(ann, { name: 'data', size: 10, metadata: { for: 'us' } })
  const { body } = await becomes(ann, id, 'available')
  expect(body).toMatchObject({
    volume: { id, name: 'data', size: 10, bootable: 'false', attachments: [], volume_type: '__DEFAULT__' },
  })
  expect(body['volume']).not.toHaveProperty('volume_image_metadata')
  expect((await bob('GET', `volumes/${id}`)).body).toEqual({
    itemNotFound: { code: 404, message: `Volume ${id} could not be found.` },
  })
  expect(rows(await bob('GET', 'volumes/detail'), 'volumes')).toEqual([])
  expect((await eve('POST', 'volumes', { volume: { size: 1 } })).body).toEqual({
    forbidden: { code: 403, message: "Policy doesn't allow volume:create to be performed." },
  })
  const more = [await make(ann, { name: 'b' }), await make(ann, { name: 'c' })]
  const page = await ann('GET', 'volumes/detail?limit=2')
  expect(rows(page, 'volumes')).toHaveLength(2)
  expect(field(page, 'volumes_links', 0, 'href')).toContain('marker=')
  expect(rows(await ann('GET', 'volumes?name=b'), 'volumes').map((one) => one.id)).toEqual([more[0]])
  const us = encodeURIComponent('{"for":"us"}')
  expect(rows(await ann('GET', `volumes/detail?metadata=${us}&status=available`), 'volumes')).toMatchObject([{ id }])
  expect((await ann('PUT', `volumes/${id}`, { volume: { name: 'new' } })).body).toMatchObject({
    volume: { name: 'new', metadata: { for: 'us' } },
  })
  expect((await ann('POST', `volumes/${id}/action`, { 'os-extend': { new_size: 5 } })).status).toBe(400)
  expect((await ann('POST', `volumes/${id}/action`, { 'os-extend': { new_size: 20 } })).status).toBe(202)
  expect((await ann('GET', `volumes/${id}`)).body).toMatchObject({ volume: { size: 20 } })
  expect((await ann('DELETE', `volumes/${id}`)).status).toBe(202)
  await gone(ann, id)
})

test('a volume of an image holds it, and says which it was', async () => {
  const ann = await asker(await cloudFor(), 'ann', 'alpha')
  const ask = await cinder(ann)
  const imageRef = await imageId(ann, 'base')
  const refused = await ask('POST', 'volumes', { volume: { size: 4, imageRef } })
  expect([refused.status, field(refused, 'badRequest', 'message')]).toEqual([
    400,
    'Invalid input received: Volume size 4GB cannot be smaller than the image minDisk size 5GB.',
  ])
  const id = await make(ask, { size: 5, imageRef })
  expect((await becomes(ask, id, 'available')).body).toMatchObject({
    volume: { bootable: 'true', volume_image_metadata: { image_id: imageRef, image_name: 'base', min_disk: '5' } },
  })
})

test('snapshots hold their volume', async () => {
  const ask = await cinder(await asker(await cloudFor(), 'ann', 'alpha'))
  const id = await make(ask, { size: 3 })
  await becomes(ask, id, 'available')
  const taken = await ask('POST', 'snapshots', { snapshot: { volume_id: id, name: 'before' } })
  expect(taken).toMatchObject({ status: 202, body: { snapshot: { status: 'creating', size: 3 } } })
  const snapshot = field(taken, 'snapshot', 'id')
  expect((await ask('DELETE', `volumes/${id}`)).text).toContain('have snapshots')
  expect(rows(await ask('GET', `snapshots/detail?volume_id=${id}`), 'snapshots')).toMatchObject([{ id: snapshot }])
  expect((await ask('DELETE', `snapshots/${snapshot}`)).status).toBe(202)
  await until(
    () => ask('GET', `snapshots/${snapshot}`),
    ({ status }) => status === 404,
  )
  await ask('POST', 'snapshots', { snapshot: { volume_id: id } })
  expect((await ask('DELETE', `volumes/${id}?cascade=true`)).status).toBe(202)
  await gone(ask, id)
  expect(rows(await ask('GET', 'snapshots'), 'snapshots')).toEqual([])
})

describe('quota', () => {
  test('is refused with 413, in Cinder’s words', async () => {
    const cloud = await cloudFor({ seed: { ...seed, quotas: { alpha: { volume: { volumes: 2, gigabytes: 30 } } } } })
    const ask = await cinder(await asker(cloud, 'ann', 'alpha'))
    const first = await make(ask, { size: 10 })
    const large = await ask('POST', 'volumes', { volume: { size: 21 } })
    expect(large).toMatchObject({
      status: 413,
      body: {
        overLimit: {
          code: 413,
          message:
            'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. ' +
            'Requested 21G, quota is 30G and 10G has been consumed.',
          retryAfter: '0',
        },
      },
    })
    expect(large.headers.get('retry-after')).toBe('0')
    await make(ask, {})
    expect((await ask('POST', 'volumes', { volume: { size: 1 } })).body).toMatchObject({
      overLimit: {
        message: "VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'.",
      },
    })
    expect((await ask('GET', 'limits')).body).toMatchObject({
      limits: {
        absolute: { maxTotalVolumes: 2, totalVolumesUsed: 2, maxTotalVolumeGigabytes: 30, totalGigabytesUsed: 11 },
      },
    })
    await cloud.admin.setQuota('alpha', { volume: { volumes: -1 } })
    await make(ask, {})
    expect((await ask('GET', `os-quota-sets/${ask.project}?usage=true`)).body).toMatchObject({
      quota_set: { id: ask.project, volumes: { limit: -1, in_use: 3, reserved: 0 }, gigabytes: { limit: 30 } },
    })
    expect((await ask('GET', `os-quota-sets/${ask.project}`)).body).toMatchObject({ quota_set: { gigabytes: 30 } })
    await becomes(ask, first, 'available')
    await ask('DELETE', `volumes/${first}`)
    await gone(ask, first)
    expect((await ask('GET', 'limits')).body).toMatchObject({ limits: { absolute: { totalGigabytesUsed: 2 } } })
  })
})

test('faults are routed to it', async () => {
  const cloud = await cloudFor()
  const ask = await cinder(await asker(cloud, 'ann', 'alpha'))
  await cloud.admin.addFault({
    match: { service: 'block-storage', method: 'GET', pathRegex: '/limits$' },
    effect: { kind: 'status', status: 503 },
  })
  expect((await ask('GET', 'volumes')).status).toBe(200)
  expect(await ask('GET', 'limits')).toMatchObject({ status: 503, body: { serviceUnavailable: { code: 503 } } })
  expect((await ask('GET', 'limits')).status).toBe(200)
})

test('what is half done is finished after a restart', async () => {
  const stateFile = `${newFolder()}/state`
  const first = await cloudFor({ stateFile, timings: { volumeMs: 300 } })
  const id = await make(await cinder(await asker(first, 'ann', 'alpha')), {})
  await first.stop()
  const second = await cloudFor({ stateFile })
  const { status } = await becomes(await cinder(await asker(second, 'ann', 'alpha')), id, 'available')
  expect(status).toBe(200)
})
