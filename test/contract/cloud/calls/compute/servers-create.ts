import { z } from 'zod'
import type { Call, Cells, Expected } from '../../matrix.ts'
import { expired, novaForbids, refused } from '../../expected.ts'
import { type ImageState, images } from '../../things/images.ts'
import { serverName, serverRests } from '../../things/servers.ts'
import { CREATE_SERVER, createdServer } from './server-shapes.ts'
import { serversCreateCases } from './servers-create-cases.ts'

const boots: Expected = { source: CREATE_SERVER, status: 202, body: createdServer, made: 'ACTIVE' }
const unseen = refused(400, 'Can not find requested image')
const idle = refused(400, 'Image <id> is not active.')
const reader = novaForbids('servers:create')

/** By the state of the image that is to be booted; servers are made in the project of who asks. */
const cells: Cells<ImageState> = {
  queued: { owner: idle, other: unseen, admin: idle, reader, expired },
  saving: { owner: idle, other: unseen, admin: idle, reader, expired },
  protected: { owner: boots, other: unseen, admin: boots, reader, expired },
  community: { owner: boots, other: boots, admin: boots, reader, expired },
  active: { owner: boots, other: unseen, admin: boots, reader, expired },
  public: { owner: boots, other: boots, admin: boots, reader, expired },
  deactivated: { owner: idle, other: unseen, admin: idle, reader, expired },
  pending: { owner: boots, other: boots, admin: boots, reader, expired },
  accepted: { owner: boots, other: boots, admin: boots, reader, expired },
  rejected: { owner: boots, other: boots, admin: boots, reader, expired },
  deleted: { owner: unseen, other: unseen, admin: unseen, reader, expired },
  absent: { owner: unseen, other: unseen, admin: unseen, reader, expired },
}

const Named = z.object({ server: z.object({ name: z.string().min(1) }) })
const Listed = z.object({ servers: z.array(z.unknown()) })

export const serversCreate: Call<ImageState> = {
  name: 'compute POST /servers',
  thing: images,
  request: ({ id }, stage) => ({
    path: '/servers',
    json: { server: { name: serverName(stage), imageRef: id, flavorRef: 'small', networks: 'none' } },
  }),
  async made(stage, { status, json }, request) {
    if (status < 300) return serverRests(stage, createdServer.parse(json).server.id)
    const { server } = Named.catch({ server: { name: 'none' } }).parse(request.json)
    const path = `/servers?all_tenants=1&name=^${server.name}$`
    const { servers } = await stage.must('admin', { service: 'compute', method: 'GET', path }, Listed)
    return servers.length === 0 ? 'nothing' : `${servers.length} servers`
  },
  cells,
  cases: serversCreateCases,
}
