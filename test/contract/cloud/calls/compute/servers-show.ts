import { expect } from 'vitest'
import { z } from 'zod'
import type { Call, Case, Expected } from '../../matrix.ts'
import { expired, noServer } from '../../expected.ts'
import { createServer, serverRests, servers, type ServerState } from '../../things/servers.ts'
import { address, adminServerShape, type Looks, serverShape, SHOW_SERVER } from './server-shapes.ts'

const shown = (server: z.ZodType): Expected => ({ source: SHOW_SERVER, status: 200, body: z.strictObject({ server }) })

/** Everyone of the project sees it alike, administrators see more, and others nothing. */
const seen = (looks: Looks) => ({
  owner: shown(serverShape(looks)),
  reader: shown(serverShape(looks)),
  admin: shown(adminServerShape(looks)),
  other: noServer,
  expired,
})
const gone = { owner: noServer, reader: noServer, other: noServer, admin: noServer, expired }

const at = (version: string, server: z.ZodType): Case => ({
  source: SHOW_SERVER,
  async holds(stage) {
    const { id } = await createServer(stage)
    await serverRests(stage, id)
    const headers = { 'openstack-api-version': `compute ${version}` }
    const ask = { service: 'compute', method: 'GET', path: `/servers/${id}`, headers } as const
    await stage.must('owner', ask, z.strictObject({ server }))
  },
})

const active = serverShape({ status: 'ACTIVE' })

const Addresses = z.object({ server: z.object({ addresses: z.record(z.string(), z.array(address)) }) })

export const serversShow: Call<ServerState> = {
  name: 'compute GET /servers/x',
  thing: servers,
  request: ({ id }) => ({ path: `/servers/${id}` }),
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
    'an id that is no UUID': {
      ...noServer,
      who: 'owner',
      request: () => ({ path: '/servers/vm-1', words: { id: 'vm-1' } }),
    },
    'the address of its only port': {
      source: SHOW_SERVER,
      async holds(stage) {
        const { id } = await createServer(stage, { networks: 'auto' })
        expect(await serverRests(stage, id)).toBe('ACTIVE')
        const ask = { service: 'compute', method: 'GET', path: `/servers/${id}` } as const
        const { server } = await stage.must('owner', ask, Addresses)
        expect(Object.keys(server.addresses)).toEqual(['private'])
        expect(server.addresses['private']).toHaveLength(1)
      },
    },
    'at 2.1': at(
      '2.1',
      active
        .omit({
          locked: true,
          locked_reason: true,
          description: true,
          tags: true,
          trusted_image_certificates: true,
          server_groups: true,
        })
        .extend({ flavor: z.strictObject({ id: z.literal('small'), links: z.array(z.unknown()).length(1) }) }),
    ),
    'at the newest': at(
      'latest',
      active.extend({
        image: active.shape.image.extend({ properties: z.record(z.string(), z.unknown()) }),
        'OS-EXT-SRV-ATTR:hostname': z.string(),
        pinned_availability_zone: z.string().nullable(),
        scheduler_hints: z.record(z.string(), z.unknown()),
      }),
    ),
  },
}
