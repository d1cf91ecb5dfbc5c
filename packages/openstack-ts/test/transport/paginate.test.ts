import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect, isAborted, OpenStackError } from '../../src/index.ts'
import { nextSearch } from '../../src/transport/paginate.ts'
import { failureOf } from '../failure.ts'
import { ScriptedCloud, type Seen } from '../scripted-cloud.ts'

const PORTS = '/network/v2.0/ports'
const port = (id: string) => ({ id, network_id: 'n' })

/** Answers pages of two, as Neutron does, with links as a proxy spoils them. */
function pages(ids: readonly string[]) {
  return (seen: Seen) => {
    const start = ids.indexOf(seen.query.get('marker') ?? '') + 1
    const page = ids.slice(start, start + 2)
    const last = page.at(-1)
    const more = last !== undefined && start + 2 < ids.length
    const href = `http://inside.example:9696/v2.0/ports?limit=2&marker=${last}`
    return {
      body: {
        ports: page.map(port),
        ...(more
          ? {
              ports_links: [
                { rel: 'previous', href: 'x' },
                { rel: 'next', href },
              ],
            }
          : {}),
      },
    }
  }
}

test('all pages come, in order, whatever host their links name', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', PORTS, pages(['a', 'b', 'c', 'd', 'e']))
  const ports = await collect(client.network.ports.list({ status: 'DOWN' }, { pageSize: 2 }))
  expect(ports.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(cloud.calls('GET', PORTS).map(({ query }) => query.toString())).toEqual([
    'status=DOWN&limit=2',
    'limit=2&marker=b',
    'limit=2&marker=d',
  ])
})

test('pages that go round in circles are an error, not an endless list', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', PORTS, {
    body: { ports: [port('a')], ports_links: [{ rel: 'next', href: 'http://x/v2.0/ports?marker=a' }] },
  })
  const error = await failureOf(collect(client.network.ports.list()))
  expect(error).toMatchObject({ code: 'BadReply' })
  expect(OpenStackError.is(error) && error.message).toContain('circles')
  expect(cloud.calls('GET', PORTS)).toHaveLength(2)
})

test('a page that fails is an error, not the end of the list', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const next = [{ rel: 'next', href: 'http://x/v2.0/ports?marker=a' }]
  cloud.on('GET', PORTS, [{ body: { ports: [port('a')], ports_links: next } }, { status: 500 }])
  expect(await failureOf(collect(client.network.ports.list()))).toMatchObject({ status: 500 })
})

test('an abort between two pages ends the list', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', PORTS, pages(['a', 'b', 'c', 'd']))
  const controller = new AbortController()
  const seen: string[] = []
  const error = await failureOf(
    (async () => {
      for await (const { id } of client.network.ports.list({}, { signal: controller.signal })) {
        seen.push(id)
        if (id === 'b') controller.abort(new Error('enough'))
      }
    })(),
  )
  expect(isAborted(error)).toBe(true)
  expect(error).toMatchObject({ cause: { message: 'enough' } })
  expect(seen).toEqual(['a', 'b'])
  expect(cloud.calls('GET', PORTS)).toHaveLength(1)
})

test('whoever needs only the first items asks for no further page', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', PORTS, pages(['a', 'b', 'c']))
  for await (const { id } of client.network.ports.list()) {
    expect(id).toBe('a')
    break
  }
  expect(cloud.calls('GET', PORTS)).toHaveLength(1)
})

test('the next page is found in each of the four shapes', () => {
  const query = fc.webQueryParameters().map((text) => `?${text}`)
  fc.assert(
    fc.property(query, (search) => {
      const href = `https://host.example/v2/things${search}`
      const shapes = [
        { things: [], things_links: [{ rel: 'next', href }] },
        { things: [], links: [{ rel: 'next', href }] },
        { things: [], links: { self: 'x', previous: null, next: href } },
        { things: [], next: `/v2/things${search}` },
      ]
      expect(shapes.map((shape) => nextSearch(shape, 'things'))).toEqual(shapes.map(() => search))
    }),
  )
})

test.each([
  {},
  { links: { next: null } },
  { next: null },
  { things_links: [] },
  { links: [{ rel: 'self', href: 'x' }] },
])('no next page: %j', (body) => {
  expect(nextSearch(body, 'things')).toBeUndefined()
})
