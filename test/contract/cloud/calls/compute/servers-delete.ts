import { expect } from 'vitest'
import type { Call, Expected } from '../../matrix.ts'
import { expired, noServer, novaForbids, refused } from '../../expected.ts'
import { servers, type ServerState } from '../../things/servers.ts'

const API = 'https://docs.openstack.org/api-ref/compute/#delete-server'

/** Accepted; gone some time later. */
const goes: Expected = { source: API, status: 204, after: 'absent' }
/** Its host is at something else with it. */
const waits: Expected = { source: 'observed', status: 204, after: 'deleting' }
const locked = refused(409, 'Instance <id> is locked')
const reader = novaForbids('servers:delete')
const gone = { owner: noServer, reader: noServer, other: noServer, admin: noServer, expired }

export const serversDelete: Call<ServerState> = {
  name: 'compute DELETE /servers/x',
  thing: servers,
  request: ({ id }) => ({ path: `/servers/${id}` }),
  cells: {
    BUILD: { owner: waits, admin: waits, reader, other: noServer, expired },
    ACTIVE: { owner: goes, admin: goes, reader, other: noServer, expired },
    ERROR: { owner: goes, admin: goes, reader, other: noServer, expired },
    SHUTOFF: { owner: goes, admin: goes, reader, other: noServer, expired },
    locked: { owner: locked, admin: goes, reader, other: noServer, expired },
    deleting: { owner: waits, admin: waits, reader, other: noServer, expired },
    deleted: gone,
    absent: gone,
  },
  cases: {
    'a building one, once its host is done': {
      source: 'observed',
      async holds(stage) {
        const { id, words } = await servers.make(stage, 'BUILD')
        await stage.ask('owner', { service: 'compute', method: 'DELETE', path: `/servers/${id}` })
        expect(await servers.look(stage, { id })).toBe('deleting')
        await stage.world.letGo(words?.['name'] ?? '')
        await stage.until(
          'its end',
          () => servers.look(stage, { id }),
          (state) => state === 'absent',
        )
      },
    },
  },
}
