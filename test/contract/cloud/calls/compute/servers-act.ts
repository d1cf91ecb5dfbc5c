import { expect } from 'vitest'
import { z } from 'zod'
import type { Call, Expected } from '../../matrix.ts'
import { expired, noServer, novaForbids, refused } from '../../expected.ts'
import { servers, type ServerState } from '../../things/servers.ts'

const accepted = (after?: string): Expected => ({
  source: 'https://docs.openstack.org/api-ref/compute/#unlock-server-unlock-action',
  status: 202,
  ...(after !== undefined && { after }),
})
const gone = { owner: noServer, reader: noServer, other: noServer, admin: noServer, expired }

const unlocks = (after?: string) => ({
  owner: accepted(after),
  admin: accepted(after),
  reader: novaForbids('os-lock-server:unlock'),
  other: noServer,
  expired,
})

export const serversUnlock: Call<ServerState> = {
  name: 'compute POST /servers/x/action unlock',
  thing: servers,
  request: ({ id }) => ({ path: `/servers/${id}/action`, json: { unlock: null } }),
  cells: {
    BUILD: unlocks(),
    ACTIVE: unlocks(),
    ERROR: unlocks(),
    SHUTOFF: unlocks(),
    locked: unlocks('ACTIVE'),
    deleting: unlocks(),
    deleted: gone,
    absent: gone,
  },
  cases: {
    'what an administrator has locked': {
      source: 'observed',
      async holds(stage) {
        const { id } = await servers.make(stage, 'ACTIVE')
        const action = { service: 'compute', method: 'POST', path: `/servers/${id}/action` } as const
        await stage.must('admin', { ...action, json: { lock: null } }, z.unknown())
        const { status, json } = await stage.ask('owner', { ...action, json: { unlock: null } })
        expect({ status, json, state: await servers.look(stage, { id }) }).toEqual({
          status: 403,
          json: {
            forbidden: {
              code: 403,
              message: "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.",
            },
          },
          state: 'locked',
        })
      },
    },
    'an action that there is not': {
      ...refused(400, 'There is no such action: fly'),
      who: 'owner',
      async request(stage) {
        const { id } = await servers.make(stage, 'ACTIVE')
        return { path: `/servers/${id}/action`, json: { fly: null } }
      },
    },
  },
}

const FORCE = 'https://docs.openstack.org/api-ref/compute/#force-delete-server-forcedelete-action'
const goes: Expected = { source: FORCE, status: 202, after: 'absent' }
const waits: Expected = { source: 'observed', status: 202, after: 'deleting' }
const forces = (owner: Expected, admin: Expected) => ({
  owner,
  admin,
  reader: novaForbids('os-deferred-delete:force'),
  other: noServer,
  expired,
})

export const serversForceDelete: Call<ServerState> = {
  name: 'compute POST /servers/x/action forceDelete',
  thing: servers,
  request: ({ id }) => ({ path: `/servers/${id}/action`, json: { forceDelete: null } }),
  cells: {
    BUILD: forces(waits, waits),
    ACTIVE: forces(goes, goes),
    ERROR: forces(goes, goes),
    SHUTOFF: forces(goes, goes),
    locked: forces(refused(409, 'Instance <id> is locked'), goes),
    deleting: forces(waits, waits),
    deleted: gone,
    absent: gone,
  },
  cases: {},
}
