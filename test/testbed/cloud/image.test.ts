import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { asker, cloudFor, field, imageId, namesIn, newFolder, projectId, type Asker } from './fixture.ts'

const PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' }
const BYTES = { 'content-type': 'application/octet-stream' }

async function create(ask: Asker, name: string, more: object = {}): Promise<string> {
  const answer = await ask('POST', 'image/images', { name, disk_format: 'raw', container_format: 'bare', ...more })
  expect(answer.status).toBe(201)
  return field(answer, 'id')
}

const names = async (ask: Asker, query: string): Promise<string[]> =>
  namesIn(await ask('GET', `image/images?${query}`), 'images')

describe('contents', () => {
  test('are queued, uploaded once, hashed, and given back', async () => {
    const imageFolder = newFolder()
    const ann = await asker(await cloudFor({ imageFolder }), 'ann', 'alpha')
    const id = await create(ann, 'mine', { min_disk: 3, os_distro: 'debian' })
    expect((await ann('GET', `image/images/${id}`)).body).toMatchObject({
      status: 'queued',
      size: null,
      os_distro: 'debian',
    })
    expect((await ann('GET', `image/images/${id}/file`)).status).toBe(204)
    expect((await ann('PUT', `image/images/${id}/file`, 'x')).status).toBe(415)
    expect((await ann('PUT', `image/images/${id}/file`, 'stars', BYTES)).status).toBe(204)
    expect((await ann('GET', `image/images/${id}`)).body).toMatchObject({
      status: 'active',
      size: 5,
      min_disk: 3,
      os_hash_algo: 'sha512',
      os_hash_value: createHash('sha512').update('stars').digest('hex'),
    })
    expect(await ann('PUT', `image/images/${id}/file`, 'again', BYTES)).toMatchObject({
      status: 409,
      text: expect.stringContaining('Image status transition from active to saving is not allowed'),
    })
    expect((await ann('GET', `image/images/${id}/file`)).text).toBe('stars')
    expect(readdirSync(imageFolder)).toEqual([id])
    expect((await ann('DELETE', `image/images/${id}`)).status).toBe(204)
    expect(readdirSync(imageFolder)).toEqual([])
    expect(await ann('GET', `image/images/${id}`)).toMatchObject({
      status: 404,
      text: expect.stringContaining('<title>404 Not Found</title>'),
    })
  })

  test('of a seeded image are the same bytes at each download, as its hash says', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const id = await imageId(ann, 'base')
    const bytes = await (
      await fetch(`${ann.url}/image/v2/images/${id}/file`, { headers: { 'X-Auth-Token': ann.token } })
    ).bytes()
    expect((await ann('GET', `image/images/${id}`)).body['os_hash_value']).toBe(
      createHash('sha512').update(bytes).digest('hex'),
    )
  })

  test('that are no qcow2 are refused as such', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const id = await create(ann, 'q', { disk_format: 'qcow2' })
    expect((await ann('PUT', `image/images/${id}/file`, 'raw bytes', BYTES)).status).toBe(415)
    expect((await ann('GET', `image/images/${id}`)).body).toMatchObject({ status: 'queued' })
  })
})

describe('lists', () => {
  test('show one project what it may see, filtered and sorted', async () => {
    const cloud = await cloudFor()
    const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
    await create(ann, 'commons', { visibility: 'community' })
    expect(await names(ann, 'sort=name:asc')).toEqual(['base', 'commons', 'secret'])
    expect(await names(bob, '')).toEqual(['base'])
    expect(await names(bob, 'visibility=community')).toEqual(['commons'])
    expect(await names(ann, 'name=in:base,secret&sort=name:desc')).toEqual(['secret', 'base'])
    expect(await names(ann, 'status=queued')).toEqual(['commons'])
    expect((await ann('GET', 'image/images?sort=colour:asc')).status).toBe(400)
  })

  test('are paged by markers until a page is short', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    for (const n of [1, 2, 3]) await create(ann, `i${n}`)
    const seen: string[] = []
    let path: string | undefined = '/v2/images?limit=2&sort=name:asc'
    while (path !== undefined) {
      const page = await ann('GET', `image${path.slice('/v2'.length)}`)
      seen.push(...namesIn(page, 'images'))
      path = 'next' in page.body ? field(page, 'next') : undefined
    }
    expect(seen).toEqual(['base', 'i1', 'i2', 'i3', 'secret'])
    expect((await ann('GET', 'image/images?marker=nothing')).status).toBe(400)
  })
})

describe('changes', () => {
  test('are JSON patches, all or nothing, by the owner', async () => {
    const cloud = await cloudFor()
    const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
    const path = `image/images/${await create(ann, 'x')}`
    const patch = (ask: Asker, ...operations: object[]) => ask('PATCH', path, operations, PATCH)
    const good = await patch(
      ann,
      { op: 'replace', path: '/name', value: 'y' },
      { op: 'add', path: '/seen', value: 'yes' },
    )
    expect(good).toMatchObject({ status: 200, body: { name: 'y', seen: 'yes' } })
    const halfBad = await patch(
      ann,
      { op: 'replace', path: '/name', value: 'z' },
      { op: 'replace', path: '/status', value: 'active' },
    )
    expect(halfBad).toMatchObject({ status: 403, text: expect.stringContaining('is read-only') })
    expect((await ann('GET', path)).body).toMatchObject({ name: 'y' })
    expect((await patch(ann, { op: 'remove', path: '/unknown' })).status).toBe(409)
    expect((await patch(ann, { op: 'replace', path: '/visibility', value: 'public' })).status).toBe(403)
    expect((await ann('PATCH', path, [], { 'content-type': 'application/json' })).status).toBe(415)
    expect((await patch(bob, { op: 'replace', path: '/name', value: 'mine' })).status).toBe(404)
    const base = `image/images/${await imageId(bob, 'base')}`
    expect((await bob('PATCH', base, [{ op: 'replace', path: '/name', value: 'mine' }], PATCH)).status).toBe(403)
    expect((await bob('DELETE', base)).status).toBe(403)
  })

  test('a protected image stays until it is protected no more', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const id = await create(ann, 'kept', { protected: true })
    expect((await ann('DELETE', `image/images/${id}`)).status).toBe(403)
    await ann('PATCH', `image/images/${id}`, [{ op: 'replace', path: '/protected', value: false }], PATCH)
    expect((await ann('DELETE', `image/images/${id}`)).status).toBe(204)
  })
})

describe('members', () => {
  test('the owner adds, only the member answers, and the list follows the answer', async () => {
    const cloud = await cloudFor()
    const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
    const beta = await projectId(bob)
    const id = await imageId(ann, 'secret')
    const members = `image/images/${id}/members`
    const add = (ask: Asker) => ask('POST', members, { member: beta })
    const answerWith = (ask: Asker, status: string) => ask('PUT', `${members}/${beta}`, { status })

    expect((await add(ann)).status).toBe(403) // private images have no members
    expect((await bob('GET', `image/images/${id}`)).status).toBe(404)
    await ann('PATCH', `image/images/${id}`, [{ op: 'replace', path: '/visibility', value: 'shared' }], PATCH)
    expect((await add(bob)).status).toBe(404)
    expect(await add(ann)).toMatchObject({ status: 200, body: { member_id: beta, status: 'pending' } })
    expect((await add(ann)).status).toBe(409)
    // It can be looked at and booted now, but is in no list before it is accepted.
    expect((await bob('GET', `image/images/${id}`)).status).toBe(200)
    expect(await names(bob, 'visibility=shared')).toEqual([])
    expect(await names(bob, 'visibility=shared&member_status=pending')).toEqual(['secret'])
    expect((await add(bob)).status).toBe(403)
    expect((await answerWith(ann, 'accepted')).status).toBe(403)
    expect((await answerWith(bob, 'perhaps')).status).toBe(400)
    expect(await answerWith(bob, 'accepted')).toMatchObject({ status: 200, body: { status: 'accepted' } })
    expect(await names(bob, '')).toContain('secret')
    expect((await bob('GET', members)).body).toMatchObject({ members: [{ member_id: beta }] })
    expect((await answerWith(bob, 'rejected')).status).toBe(200)
    expect(await names(bob, '')).not.toContain('secret')
    expect((await bob('DELETE', `${members}/${beta}`)).status).toBe(403)
    expect((await ann('DELETE', `${members}/${beta}`)).status).toBe(204)
    expect((await ann('DELETE', `${members}/${beta}`)).status).toBe(404)
    expect((await bob('GET', `image/images/${id}`)).status).toBe(404)
  })
})
