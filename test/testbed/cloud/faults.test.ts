import { describe, expect, test } from 'vitest'
import type { Rule, RuleInput } from '#testbed/front/rule.ts'
import { consume, draw } from '#testbed/front/match.ts'
import { RuleInputSchema } from '#testbed/front/rule.ts'
import { asker, boot, cloudFor, field, idOf, imageId, statusBecomes, until } from './fixture.ts'

const creates = { service: 'compute', method: 'POST', pathRegex: '/servers$' } as const
const rule = (input: RuleInput) => ({ ...RuleInputSchema.parse(input), id: 'r', struck: 0, draws: 0 })

describe('rules', () => {
  test('pass what they skip, strike as often as they are told, then are used up', () => {
    let now: Rule | null = rule({ times: 2, skip: 1, effect: { kind: 'drop' } })
    const strikes: boolean[] = []
    while (now !== null) {
      const seen = consume(now)
      strikes.push(seen.strikes)
      now = seen.next
    }
    expect(strikes).toEqual([false, true, true])
  })

  test('by chance strike their share, the same each time', () => {
    const run = (seed: number) => {
      let now = rule({ times: null, chance: 0.25, seed, effect: { kind: 'drop' } })
      return Array.from({ length: 2000 }, () => {
        const { strikes, next } = consume(now)
        now = next ?? now
        return strikes
      })
    }
    const share = run(7).filter(Boolean).length / 2000
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.3)
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
    expect(draw(1, 0)).not.toBe(draw(1, 1))
  })
})

describe('answers', () => {
  test('429 carries Retry-After, in the words of each service', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({
      match: { service: 'compute' },
      effect: { kind: 'status', status: 429, retryAfter: 7 },
    })
    const refused = await ann('GET', 'compute/servers')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('7')
    expect(refused.body).toMatchObject({ overLimit: { code: 429, retryAfter: '7' } })
    expect((await ann('GET', 'compute/servers')).status).toBe(200)
    await cloud.admin.addFault({ match: { service: 'image' }, effect: { kind: 'status', status: 503 } })
    expect(await ann('GET', 'image/images')).toMatchObject({
      status: 503,
      text: expect.stringContaining('<h1>503 Service Unavailable</h1>'),
    })
    await cloud.admin.addFault({ match: { service: 'network' }, times: null, effect: { kind: 'status', status: 500 } })
    for (let n = 0; n < 3; n++) expect((await ann('GET', 'network/ports')).status).toBe(500)
    await cloud.admin.clearFaults()
    expect((await ann('GET', 'network/ports')).status).toBe(200)
    expect((await cloud.admin.counters()).faults).toEqual({ 'status 429': 1, 'status 503': 1, 'status 500': 3 })
  })

  test('a delay comes before a good answer', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ effect: { kind: 'delay', ms: 200 } })
    const started = Date.now()
    expect((await ann('GET', 'compute/flavors')).status).toBe(200)
    expect(Date.now() - started).toBeGreaterThanOrEqual(195)
  })

  test('acts and then drops the answer: one server, no answer', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ match: creates, effect: { kind: 'act-then-drop' } })
    await expect(boot(ann, { name: 'lost' })).rejects.toThrow('fetch failed')
    expect((await ann('GET', 'compute/servers?name=^lost$')).body).toMatchObject({ servers: [{ name: 'lost' }] })
    const entries = await cloud.admin.requests()
    expect(entries.find((entry) => entry.fault === 'act-then-drop')).toMatchObject({
      method: 'POST',
      status: null,
      user: 'ann',
      project: 'alpha',
    })
  })

  test('drops and acts late: no server at first, one afterwards', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({
      match: { ...creates, name: '^late$' },
      effect: { kind: 'drop-then-act-late', ms: 600 },
    })
    expect((await boot(ann, { name: 'prompt' })).status).toBe(202)
    await expect(boot(ann, { name: 'late', user_data: 'aGFsbG8=' })).rejects.toThrow('fetch failed')
    expect((await cloud.admin.servers()).map((server) => server.name)).toEqual(['prompt'])
    const all = await until(
      () => cloud.admin.servers(),
      (servers) => servers.length === 2,
    )
    expect(all[1]).toMatchObject({ name: 'late', project: 'alpha', user: 'ann' })
  })

  test('acts and never answers', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    await cloud.admin.addFault({ match: { method: 'DELETE' }, effect: { kind: 'act-then-hang' } })
    const hung = fetch(`${cloud.url}/compute/v2.1/servers/${id}`, {
      method: 'DELETE',
      headers: { 'X-Auth-Token': ann.token },
      signal: AbortSignal.timeout(150),
    })
    await expect(hung).rejects.toThrow('timeout')
    expect((await ann('GET', `compute/servers/${id}`)).status).toBe(404)
  })

  test('hangs until the client gives up', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ match: { service: 'compute' }, effect: { kind: 'hang' } })
    const hung = fetch(`${cloud.url}/compute/v2.1/servers`, {
      headers: { 'X-Auth-Token': ann.token },
      signal: AbortSignal.timeout(150),
    })
    await expect(hung).rejects.toThrow('timeout')
    expect((await ann('GET', 'compute/servers')).status).toBe(200)
  })

  test('half a list, with no word of more', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await boot(ann, { min_count: 3, max_count: 3 })
    await cloud.admin.addFault({ match: { pathRegex: '/servers/detail' }, effect: { kind: 'half-list', keep: 1 } })
    const { body } = await ann('GET', 'compute/servers/detail?limit=2')
    expect(body['servers']).toHaveLength(1)
    expect(body).not.toHaveProperty('servers_links')
    expect((await ann('GET', 'compute/servers/detail')).body['servers']).toHaveLength(3)
  })

  test('the admin API needs its own token', async () => {
    const cloud = await cloudFor()
    expect((await fetch(`${cloud.adminUrl}/servers`)).status).toBe(401)
    await expect(cloud.admin.addFault({ match: { pathRegex: '(' }, effect: { kind: 'drop' } })).rejects.toThrow('400')
    await expect(cloud.admin.setState('nobody', 'ERROR')).rejects.toThrow('404')
  })
})

describe('servers', () => {
  test('stuck in BUILD, and released', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ match: { ...creates, name: 'w' }, effect: { kind: 'stuck-building' } })
    const id = idOf(await boot(ann, { name: 'w' }))
    await statusBecomes(ann, idOf(await boot(ann, { name: 'w' })), 'ACTIVE')
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({ server: { status: 'BUILD' } })
    await cloud.admin.release(id)
    await statusBecomes(ann, id, 'ACTIVE')
  })

  test('build errors with their text, and no capacity for one flavor', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ match: creates, effect: { kind: 'build-error', text: 'Disk is on fire' } })
    const burnt = await statusBecomes(ann, idOf(await boot(ann)), 'ERROR')
    expect(burnt.body).toMatchObject({ server: { fault: { message: 'Disk is on fire', code: 500 } } })
    await cloud.admin.addFault({
      match: { ...creates, flavor: 'c4-8gb-50' },
      times: null,
      effect: { kind: 'no-capacity' },
    })
    const full = await statusBecomes(ann, idOf(await boot(ann, { flavorRef: 'big' })), 'ERROR')
    expect(field(full, 'server', 'fault', 'message')).toContain('No valid host was found')
    await statusBecomes(ann, idOf(await boot(ann)), 'ACTIVE')
  })

  test('stuck deleting: asked again and again, gone when released', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann, { name: 'sticky' }))
    await statusBecomes(ann, id, 'ACTIVE')
    await cloud.admin.stick('sticky')
    for (let n = 0; n < 3; n++) expect((await ann('DELETE', `compute/servers/${id}`)).status).toBe(204)
    await new Promise((done) => setTimeout(done, 80))
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { 'OS-EXT-STS:task_state': 'deleting' },
    })
    await cloud.admin.release(id)
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
  })

  test('ports that stay behind are seen as orphans', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    await statusBecomes(ann, id, 'ACTIVE')
    expect((await cloud.admin.inventory()).ports).toMatchObject([{ deviceId: id, orphan: false }])
    await cloud.admin.addFault({ match: { method: 'DELETE', name: '^vm$' }, effect: { kind: 'keep-ports' } })
    await ann('DELETE', `compute/servers/${id}`)
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
    expect((await cloud.admin.inventory()).ports).toMatchObject([{ deviceId: id, orphan: true }])
  })

  test('to any status, and vanished without a trace but in the records', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    await statusBecomes(ann, id, 'ACTIVE')
    for (const status of [
      'SHUTOFF',
      'SUSPENDED',
      'PAUSED',
      'RESCUE',
      'SHELVED_OFFLOADED',
      'VERIFY_RESIZE',
      'SOFT_DELETED',
      'ACTIVE',
    ]) {
      await cloud.admin.setState(id, status)
      expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({ server: { status } })
    }
    await cloud.admin.setState(id, 'MIGRATING')
    expect((await ann('GET', 'compute/servers?status=MIGRATING')).body).toMatchObject({ servers: [{ id }] })
    await cloud.admin.setState(id, 'ERROR', 'Compute host is gone')
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({
      server: { fault: { message: 'Compute host is gone' } },
    })

    await cloud.admin.vanish(id)
    expect((await ann('GET', `compute/servers/${id}`)).status).toBe(404)
    expect((await ann('GET', 'compute/servers?changes-since=2020-01-01T00:00:00Z')).body).toEqual({ servers: [] })
    expect((await ann('GET', 'network/ports')).body).toEqual({ ports: [] })
    expect(await cloud.admin.servers()).toMatchObject([
      {
        id,
        name: 'vm',
        vanished: true,
        user: 'ann',
        project: 'alpha',
        createdAt: expect.any(Number),
        deletedAt: expect.any(Number),
      },
    ])
  })

  test('locked until it is unlocked; soft-deleted until it is reclaimed', async () => {
    const cloud = await cloudFor({ timings: { reclaimMs: 150 } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann))
    await statusBecomes(ann, id, 'ACTIVE')
    await cloud.admin.lock(id)
    expect((await ann('DELETE', `compute/servers/${id}`)).status).toBe(409)
    await cloud.admin.unlock(id)
    expect((await ann('POST', `compute/servers/${id}/action`, { 'os-stop': null })).status).toBe(202)
    await statusBecomes(ann, id, 'SHUTOFF')
    await cloud.admin.setState(id, 'SOFT_DELETED')
    expect((await ann('GET', `compute/servers/${id}`)).body).toMatchObject({ server: { status: 'SOFT_DELETED' } })
    await until(
      () => ann('GET', `compute/servers/${id}`),
      (answer) => answer.status === 404,
    )
  })
})

test('tokens are revoked: all, or those of one user', async () => {
  const cloud = await cloudFor()
  const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
  expect(await cloud.admin.revokeTokens({ user: 'ann' })).toEqual({ revoked: 1 })
  expect((await ann('GET', 'compute/servers')).status).toBe(401)
  expect((await bob('GET', 'compute/servers')).status).toBe(200)
  expect(await cloud.admin.revokeTokens()).toEqual({ revoked: 1 })
  expect((await bob('GET', 'compute/servers')).status).toBe(401)
})

test('hosts can be taken away: no valid host', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  await cloud.admin.setHosts([])
  expect((await ann('GET', 'compute/os-availability-zone')).body).toEqual({ availabilityZoneInfo: [] })
  await statusBecomes(ann, idOf(await boot(ann)), 'ERROR')
})

test('the request log names who asked what, by their own request id, and no secret', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  const id = await imageId(ann, 'base')
  await ann('GET', `image/images/${id}`, undefined, { 'X-Openstack-Request-Id': 'req-of-mine' })
  const entries = await cloud.admin.requests()
  expect(entries.at(-1)).toMatchObject({
    service: 'image',
    method: 'GET',
    path: `/image/v2/images/${id}`,
    status: 200,
    user: 'ann',
    project: 'alpha',
    globalRequestId: 'req-of-mine',
  })
  expect(JSON.stringify(entries)).not.toContain(ann.token)
  expect(await cloud.admin.requests(entries.at(-1)?.n)).toEqual([])
})
