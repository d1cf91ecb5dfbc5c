import { describe, expect, test } from 'vitest'
import { asker, boot, cloudFor, field, idOf, namesIn, seed, statusBecomes, until } from './fixture.ts'

describe('create', () => {
  test('BUILD, then ACTIVE with addresses, then deleting, then 404', async () => {
    const cloud = await cloudFor({ timings: { buildMs: 800, deleteMs: 500 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const made = await boot(ann, { metadata: { who: 'me' }, user_data: Buffer.from('hello').toString('base64') })
    expect(made.status).toBe(202)
    expect(made.body['server']).toHaveProperty('adminPass')
    const id = idOf(made)
    expect(made.headers.get('location')).toBe(`${cloud.url}/compute/v2.1/servers/${id}`)
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { status: 'BUILD', 'OS-EXT-STS:vm_state': 'building', 'OS-SRV-USG:launched_at': null },
    })
    const active = await statusBecomes(ann, id, 'ACTIVE')
    expect(active.body).toMatchObject({
      server: {
        name: 'vm',
        metadata: { who: 'me' },
        flavor: { original_name: 'c1-1gb-5', vcpus: 1, ram: 1024, ephemeral: 5 },
        addresses: { private: [{ addr: '10.7.0.10', version: 4, 'OS-EXT-IPS:type': 'fixed' }] },
        'OS-EXT-STS:vm_state': 'active',
        'OS-EXT-STS:power_state': 1,
        locked: false,
      },
    })
    expect(active.body['server']).not.toHaveProperty('OS-EXT-SRV-ATTR:user_data')
    expect((await ann('DELETE', `compute/servers/${id}`)).status).toBe(204)
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { status: 'ACTIVE', 'OS-EXT-STS:task_state': 'deleting' },
    })
    const gone = await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
    expect(gone.body).toEqual({ itemNotFound: { code: 404, message: `Instance ${id} could not be found.` } })
    expect((await ann('DELETE', `compute/servers/${id}`)).status).toBe(404)
    expect((await ann('GET', 'network/ports')).body).toEqual({ ports: [] })
  })

  test("a flavor too big for every host ends in ERROR with the scheduler's words", async () => {
    const cloud = await cloudFor()
    await cloud.admin.setQuota('alpha', { compute: { cores: -1 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann, { flavorRef: 'huge' }))
    expect((await statusBecomes(ann, id, 'ERROR')).body).toMatchObject({
      server: {
        fault: { code: 500, message: 'No valid host was found. ' },
        'OS-EXT-STS:vm_state': 'error',
        addresses: {},
      },
    })
    // It never reached a host, so the API removes it by itself, at once.
    await ann('DELETE', `compute/servers/${id}`)
    expect((await ann('GET', `compute/servers/${id}`)).status).toBe(404)
  })

  test('the quota refuses with its figures, and deleted servers count until they are gone', async () => {
    const cloud = await cloudFor({ timings: { deleteMs: 600 } })
    await cloud.admin.setQuota('alpha', { compute: { instances: 2, cores: 5 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const [first] = [idOf(await boot(ann)), idOf(await boot(ann))]
    const refusal =
      'Quota exceeded for cores, instances: Requested 4, 1, but already used 2, 2 of 5, 2 cores, instances'
    expect(await boot(ann, { flavorRef: 'big' })).toMatchObject({
      status: 403,
      body: { forbidden: { code: 403, message: refusal } },
    })
    await ann('DELETE', `compute/servers/${first}`)
    expect((await boot(ann)).status).toBe(403)
    await until(
      () => ann('GET', `compute/servers/${first}`),
      (answer) => answer.status === 404,
    )
    expect((await boot(ann)).status).toBe(202)
    expect((await ann('GET', 'compute/limits')).body).toMatchObject({
      limits: { absolute: { maxTotalInstances: 2, totalInstancesUsed: 2, maxTotalCores: 5, totalCoresUsed: 2 } },
    })
  })

  test('several at once: named in order, cut to the quota, never below min_count', async () => {
    const cloud = await cloudFor()
    await cloud.admin.setQuota('alpha', { compute: { instances: 3 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    expect((await boot(ann, { min_count: 4, max_count: 4 })).status).toBe(403)
    const made = await boot(ann, { min_count: 2, max_count: 9, return_reservation_id: true })
    expect(made).toMatchObject({ status: 202, body: { reservation_id: expect.stringMatching(/^r-/) } })
    expect((await cloud.admin.servers()).map((server) => server.name)).toEqual(['vm-1', 'vm-2', 'vm-3'])
  })

  test('networks: ambiguous ones are a 409, "none" is none, ports of one\'s own survive the server', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    for (const name of ['one', 'two']) await ann('POST', 'network/networks', { network: { name } })
    expect(await boot(ann)).toMatchObject({
      status: 409,
      body: { conflictingRequest: { message: expect.stringContaining('Multiple possible networks found') } },
    })
    const lonely = idOf(await boot(ann, { networks: 'none' }))
    expect((await statusBecomes(ann, lonely, 'ACTIVE')).body).toMatchObject({ server: { addresses: {} } })

    const network_id = field(await ann('GET', 'network/networks?name=private'), 'networks', 0, 'id')
    const port = field(await ann('POST', 'network/ports', { port: { network_id } }), 'port', 'id')
    const id = idOf(await boot(ann, { networks: [{ port }] }))
    await statusBecomes(ann, id, 'ACTIVE')
    expect((await boot(ann, { networks: [{ port }] })).status).toBe(409)
    await ann('DELETE', `compute/servers/${id}`)
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
    expect((await ann('GET', `network/ports/${port}`)).body).toMatchObject({ port: { device_id: '', status: 'DOWN' } })
  })

  test('a network without free addresses fails the build', async () => {
    const cloud = await cloudFor({
      seed: { ...seed, networks: [{ name: 'small', cidr: '10.9.0.0/30' }] },
    })
    const ann = await asker(cloud, 'ann', 'alpha')
    const [first, second] = [idOf(await boot(ann)), idOf(await boot(ann))]
    expect((await statusBecomes(ann, first, 'ACTIVE')).status).toBe(200)
    expect((await statusBecomes(ann, second, 'ERROR')).body).toMatchObject({
      server: { fault: { message: expect.stringContaining('No fixed IP addresses available') } },
    })
  })
})

describe('list', () => {
  test('filters by regular expression, status and project; pages end where Nova ends them', async () => {
    const cloud = await cloudFor()
    const [ann, bob, root] = [
      await asker(cloud, 'ann', 'alpha'),
      await asker(cloud, 'bob', 'beta'),
      await asker(cloud, 'root', 'admin'),
    ]
    for (const name of ['w-1', 'w-2', 'w-3', 'other'])
      await statusBecomes(ann, idOf(await boot(ann, { name })), 'ACTIVE')
    const list = async (path: string, ask = ann) => namesIn(await ask('GET', `compute/servers${path}`), 'servers')
    expect(await list('?name=^w-&sort_key=display_name&sort_dir=asc')).toEqual(['w-1', 'w-2', 'w-3'])
    expect(await list('?name=w-1')).toEqual(['w-1'])
    expect(await list('/detail?status=ACTIVE')).toEqual(['other', 'w-3', 'w-2', 'w-1'])
    expect(await list('?status=ERROR')).toEqual([])
    expect(await list('', bob)).toEqual([])
    expect((await bob('GET', 'compute/servers/detail?all_tenants=1')).status).toBe(403)
    expect(await list('?all_tenants=1&name=w-', root)).toHaveLength(3)
    expect((await ann('GET', 'compute/servers?marker=nope')).body).toMatchObject({
      badRequest: { message: 'marker [nope] not found' },
    })

    const seen: string[] = []
    let pages = 0
    for (let path: string | undefined = '/detail?limit=2'; path !== undefined; pages++) {
      const page = await ann('GET', `compute/servers${path}`)
      seen.push(...namesIn(page, 'servers'))
      path = 'servers_links' in page.body ? field(page, 'servers_links', 0, 'href').split('/servers')[1] : undefined
    }
    expect(seen).toEqual(['other', 'w-3', 'w-2', 'w-1'])
    expect(pages).toBe(3) // a full page names a next one, even an empty one
  })

  test('changes-since tells of deleted servers too', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const before = new Date(Date.now() - 1000).toISOString()
    const id = idOf(await boot(ann))
    await ann('DELETE', `compute/servers/${id}`)
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
    expect((await ann('GET', 'compute/servers')).body).toEqual({ servers: [] })
    const { body } = await ann('GET', `compute/servers/detail?changes-since=${encodeURIComponent(before)}`)
    expect(body).toMatchObject({ servers: [{ id, status: 'DELETED', 'OS-EXT-STS:vm_state': 'deleted' }] })
  })
})

describe('actions', () => {
  test('stop and start; wrong states and other projects are refused', async () => {
    const cloud = await cloudFor()
    const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
    const id = idOf(await boot(ann))
    const act = (body: object, ask = ann) => ask('POST', `compute/servers/${id}/action`, body)
    await statusBecomes(ann, id, 'ACTIVE')
    expect(await act({ 'os-start': null })).toMatchObject({
      status: 409,
      body: { conflictingRequest: { message: `Cannot 'start' instance ${id} while it is in vm_state active` } },
    })
    expect((await act({ 'os-stop': null }, bob)).status).toBe(404)
    for (const [action, status] of [
      [{ 'os-stop': null }, 'SHUTOFF'],
      [{ 'os-start': null }, 'ACTIVE'],
      [{ reboot: { type: 'HARD' } }, 'ACTIVE'],
      [{ pause: null }, 'PAUSED'],
      [{ unpause: null }, 'ACTIVE'],
      [{ suspend: null }, 'SUSPENDED'],
      [{ resume: null }, 'ACTIVE'],
    ] as const) {
      expect((await act(action)).status).toBe(202)
      await statusBecomes(ann, id, status)
    }
    expect((await act({ fly: null })).status).toBe(400)
    expect((await act({ reboot: { type: 'ODD' } })).status).toBe(400)
  })

  test('a locked server is not deleted by its owner, but by an administrator', async () => {
    const cloud = await cloudFor()
    const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
    const id = idOf(await boot(ann))
    await statusBecomes(ann, id, 'ACTIVE')
    expect((await ann('POST', `compute/servers/${id}/action`, { lock: { locked_reason: 'mine' } })).status).toBe(202)
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { locked: true, locked_reason: 'mine' },
    })
    expect(await ann('DELETE', `compute/servers/${id}`)).toMatchObject({
      status: 409,
      body: { conflictingRequest: { code: 409, message: `Instance ${id} is locked` } },
    })
    expect((await root('DELETE', `compute/servers/${id}`)).status).toBe(204)
  })

  test('createImage makes an image that becomes active and boots', async () => {
    const cloud = await cloudFor({ timings: { snapshotMs: 600 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    await statusBecomes(ann, id, 'ACTIVE')
    const answer = await ann('POST', `compute/servers/${id}/action`, {
      createImage: { name: 'snap', metadata: { from: 'me' } },
    })
    const image = field(answer, 'image_id')
    expect((await ann('GET', `image/images/${image}`)).body).toMatchObject({
      status: 'queued',
      from: 'me',
      min_disk: 10,
    })
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { 'OS-EXT-STS:task_state': 'image_snapshot' },
    })
    await until(
      () => ann('GET', `image/images/${image}`),
      ({ body }) => body['status'] === 'active',
    )
    await statusBecomes(ann, id, 'ACTIVE')
    expect((await boot(ann, { imageRef: image })).status).toBe(202)
  })

  test('soft-deleted servers can be restored until they are reclaimed, or forced away', async () => {
    const cloud = await cloudFor({ timings: { reclaimMs: 60_000 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    const act = (body: object) => ann('POST', `compute/servers/${id}/action`, body)
    await statusBecomes(ann, id, 'ACTIVE')
    await ann('DELETE', `compute/servers/${id}`)
    await statusBecomes(ann, id, 'SOFT_DELETED')
    expect((await act({ restore: null })).status).toBe(202)
    await statusBecomes(ann, id, 'ACTIVE')
    await ann('DELETE', `compute/servers/${id}`)
    expect((await act({ forceDelete: null })).status).toBe(202)
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
  })

  test('metadata and tags change by key', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const id = idOf(await boot(ann, { metadata: { a: '1' } }))
    const path = `compute/servers/${id}/metadata`
    expect((await ann('POST', path, { metadata: { b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } })
    expect((await ann('DELETE', `${path}/a`)).status).toBe(204)
    expect((await ann('DELETE', `${path}/a`)).status).toBe(404)
    expect((await ann('PUT', path, { metadata: { c: '3' } })).body).toEqual({ metadata: { c: '3' } })
    expect((await ann('PUT', `compute/servers/${id}/tags/x`)).status).toBe(201)
    expect((await ann('GET', 'compute/servers?tags=x')).body).toMatchObject({ servers: [{ id }] })
  })
})
