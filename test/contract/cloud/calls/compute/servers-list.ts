import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Asked, Call, Expected } from '../../matrix.ts'
import { expired, refused } from '../../expected.ts'
import type { Stage } from '../../stage.ts'
import { createServer, servers, serverRests, type ServerState } from '../../things/servers.ts'
import { networkId } from '../../things/networks.ts'
import { listedShape, type Looks } from './server-shapes.ts'

const API = 'https://docs.openstack.org/api-ref/compute/#list-servers-detailed'

const listed = (looks: Looks): Expected => ({
  source: API,
  status: 200,
  body: z.strictObject({ servers: z.tuple([listedShape(looks)]) }),
})
const none: Expected = { source: API, status: 200, body: z.strictObject({ servers: z.tuple([]) }) }

/** An administrator too sees only the project of the token, unless all are asked for. */
const seen = (looks: Looks) => ({ owner: listed(looks), reader: listed(looks), admin: none, other: none, expired })
const gone = { owner: none, reader: none, admin: none, other: none, expired }

const Page = z.object({
  servers: z.array(z.object({ id: z.string(), name: z.string() })),
  servers_links: z.tuple([z.object({ rel: z.literal('next'), href: z.string() })]).optional(),
})

const Faults = z.object({ servers: z.array(z.object({ fault: z.unknown() })) })

const asked = (query: string, expected: Expected): Asked => ({
  ...expected,
  who: 'owner',
  request: () => ({ path: `/servers/detail?${query}` }),
})

const list = (stage: Stage, query: string) =>
  stage.must('owner', { service: 'compute', method: 'GET', path: `/servers/detail?${query}` }, Page)

/** Servers of names that begin alike, in the order of their creation. */
async function several(stage: Stage, count: number): Promise<{ prefix: string; ids: string[] }> {
  const prefix = stage.name('row')
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const { id } = await createServer(stage, { name: `${prefix}-${n}` })
    await serverRests(stage, id)
    ids.push(id)
    // Nova orders by seconds, and those of one second by their ids
    await sleep(1000)
  }
  return { prefix, ids }
}

const findsBy = async (stage: Stage, pattern: (name: string) => string): Promise<number> => {
  const name = stage.name('Named')
  const { id } = await createServer(stage, { name })
  // until a host is found it is not in the database that searches
  await serverRests(stage, id)
  return (await list(stage, `name=${encodeURIComponent(pattern(name))}`)).servers.length
}

export const serversList: Call<ServerState> = {
  name: 'compute GET /servers/detail',
  thing: servers,
  request: ({ words }) => ({ path: `/servers/detail?name=${encodeURIComponent(`^${words?.['name'] ?? 'none'}$`)}` }),
  cells: {
    BUILD: seen({ status: 'BUILD', task: 'spawning' }),
    ACTIVE: seen({ status: 'ACTIVE' }),
    ERROR: seen({ status: 'ERROR' }),
    SHUTOFF: seen({ status: 'SHUTOFF' }),
    locked: seen({ status: 'ACTIVE', locked: true }),
    deleting: seen({ status: 'ACTIVE', task: 'deleting' }),
    deleted: gone,
    absent: gone,
  },
  cases: {
    'a name is a regular expression, which ignores case and matches anywhere': {
      source: 'observed',
      async holds(stage) {
        expect({
          part: await findsBy(stage, (name) => name.slice(2)),
          anchored: await findsBy(stage, (name) => `^${name}$`),
          prefix: await findsBy(stage, (name) => `^${name.slice(0, -1)}$`),
          small: await findsBy(stage, (name) => `^${name.toLowerCase()}$`),
          dots: await findsBy(stage, (name) => name.replaceAll('-', '.')),
          escaped: await findsBy(stage, (name) => name.replaceAll('-', '\\-')),
          classes: await findsBy(stage, (name) => name.replaceAll('-', '[-x]')),
        }).toEqual({ part: 1, anchored: 1, prefix: 0, small: 1, dots: 1, escaped: 1, classes: 1 })
      },
    },
    'a server is found by its name from the moment of its creation': {
      source: 'observed',
      async holds(stage) {
        const { id, name } = await createServer(stage)
        expect((await list(stage, `name=${encodeURIComponent(`^${name}$`)}`)).servers).toMatchObject([{ id }])
      },
    },
    'the fault of a server that failed on its host': {
      source: 'observed',
      async holds(stage) {
        const { id, name } = await createServer(stage, {
          networks: [{ uuid: await networkId(stage, 'outside', 'owner') }],
        })
        expect(await serverRests(stage, id)).toBe('ERROR')
        const path = `/servers/detail?name=^${name}$`
        const { servers: rows } = await stage.must('owner', { service: 'compute', method: 'GET', path }, Faults)
        expect(rows).toEqual([
          {
            fault: {
              code: 500,
              created: expect.any(String),
              message: expect.stringContaining('Failed to allocate the network(s)'),
            },
          },
        ])
      },
    },
    'a name that is no regular expression': asked(
      'name=(',
      refused(400, "Invalid input for query parameters name. Value: (. '(' is not a 'regex'"),
    ),
    'pages, the newest first, and an empty one after the last full one': {
      source: 'observed',
      async holds(stage) {
        const { prefix, ids } = await several(stage, 4)
        const [newest, third, second, oldest] = ids.toReversed()
        const first = await list(stage, `name=^${prefix}&limit=2`)
        expect(first.servers.map(({ id }) => id)).toEqual([newest, third])
        const next = new URL(first.servers_links?.[0].href ?? '').searchParams
        expect([next.get('limit'), next.get('marker'), next.get('name')]).toEqual(['2', third, `^${prefix}`])
        const last = await list(stage, next.toString())
        expect(last.servers.map(({ id }) => id)).toEqual([second, oldest])
        const after = await list(stage, new URL(last.servers_links?.[0].href ?? '').searchParams.toString())
        expect(after).toEqual({ servers: [] })
      },
    },
    'a page after a server that was deleted meanwhile': {
      source: 'observed',
      async holds(stage) {
        const { prefix, ids } = await several(stage, 3)
        const [oldest, second = ''] = ids
        await stage.must('owner', { service: 'compute', method: 'DELETE', path: `/servers/${second}` }, z.unknown())
        await stage.until(
          'its end',
          () => servers.look(stage, { id: second }),
          (state) => state === 'absent',
        )
        const { servers: rest } = await list(stage, `name=^${prefix}&limit=2&marker=${second}`)
        expect(rest.map(({ id }) => id)).toEqual([oldest])
      },
    },
    'a marker that there is not': asked('marker=nothing', refused(400, 'marker [nothing] not found')),
    'a limit that is no number': asked(
      'limit=few',
      refused(400, "Invalid input for query parameters limit. Value: few. 'few' does not match '^[0-9]*$'"),
    ),
    'a parameter that there is not': asked(
      'colour=red',
      refused(400, "'colour' does not match any of the regexes: '^_'"),
    ),
    'all projects, not an administrator': asked(
      'all_tenants=1',
      refused(403, "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed."),
    ),
    'deleted ones, not an administrator': asked(
      'status=deleted',
      refused(403, 'Only administrators may list deleted instances'),
    ),
    'a status that there is not': asked('status=FLYING', refused(400, 'Invalid status value')),
    'by status': {
      source: API,
      async holds(stage) {
        const { words } = await servers.make(stage, 'SHUTOFF')
        const count = async (status: string) =>
          (await list(stage, `name=^${words?.['name']}$&status=${status}`)).servers.length
        expect([await count('SHUTOFF'), await count('shutoff'), await count('ACTIVE')]).toEqual([1, 1, 0])
      },
    },
  },
}
