import { z } from 'zod'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { statusOf } from '#testbed/cloud/compute/status.ts'
import type { VmState } from '#testbed/cloud/compute/types.ts'
import { type Select, selectJson } from '../sql.ts'
import { regionDatabase } from '../state/databases.ts'
import type { Acquaintance } from './acquaintance.ts'
import type { FrontConfig } from './config.ts'
import type { PlayedFaults } from './played-faults.ts'

const text = z
  .string()
  .nullable()
  .transform((found) => found ?? '')
const time = z.number().nullable()

const Row = z.object({
  id: z.string(),
  name: z.string(),
  vmState: z.string().transform((found) => found as VmState),
  taskState: z.string().nullable(),
  project: text,
  user: text,
  requestId: text,
  host: z.string().nullable(),
  flavor: text,
  imageId: text,
  metadata: z
    .record(z.string(), z.string())
    .nullable()
    .transform((found) => found ?? {}),
  createdAt: z.number(),
  activeAt: time,
  deletedAt: time,
})

/** ms since the epoch; the databases know seconds, in UTC. */
const ms = (column: string): string => `timestampdiff(second, '1970-01-01', ${column}) * 1000`

const project = (id: string): string => `(select name from keystone.project where id = ${id})`

const inCell = (cell: string): Select => ({
  json: `json_object(
    'id', i.uuid, 'name', i.display_name, 'vmState', i.vm_state, 'taskState', i.task_state, 'host', i.host,
    'project', ${project('i.project_id')},
    'user', (select name from keystone.local_user where user_id = i.user_id),
    'requestId', (select request_id from ${cell}.instance_actions
      where instance_uuid = i.uuid and action = 'create' limit 1),
    'flavor', (select json_value(flavor, '$.cur."nova_object.data".name') from ${cell}.instance_extra
      where instance_uuid = i.uuid limit 1),
    'imageId', i.image_ref,
    'metadata', (select json_objectagg(\`key\`, value) from ${cell}.instance_metadata where instance_uuid = i.uuid),
    'createdAt', ${ms('i.created_at')}, 'activeAt', ${ms('i.launched_at')},
    'deletedAt', if(i.deleted = 0, null, ${ms('i.deleted_at')}))`,
  from: `${cell}.instances i`,
})

const field = (path: string): string => `json_value(b.instance, '$."nova_object.data".${path}')`

/** Accepted, and not scheduled yet: no cell knows of it. */
const waiting = (api: string): Select => ({
  json: `json_object(
    'id', b.instance_uuid, 'name', ${field('display_name')}, 'vmState', 'building', 'taskState', 'scheduling',
    'host', null, 'project', ${project('b.project_id')}, 'user', null, 'requestId', null,
    'flavor', ${field('flavor."nova_object.data".name')}, 'imageId', ${field('image_ref')}, 'metadata', null,
    'createdAt', ${ms('b.created_at')}, 'activeAt', null, 'deletedAt', null)`,
  from: `${api}.build_requests b`,
})

/** Every server that ever was, in order of creation, by Nova's own databases. */
export async function serverRecords(
  { root, region }: FrontConfig,
  known: Acquaintance,
  played: PlayedFaults,
): Promise<ServerRecord[]> {
  const found = await selectJson(root, [
    waiting(regionDatabase('nova_api', region)),
    inCell(regionDatabase('nova_cell0', region)),
    inCell(regionDatabase('nova_cell1', region)),
  ])
  // one that is in a cell by now is no longer waiting
  const byId = new Map(found.flatMap((rows) => z.array(Row).parse(rows)).map((row) => [row.id, row]))
  const records = [...byId.values()].map((row) => toRecord(row, known, played))
  const early = known.servers().filter((id) => !byId.has(id))
  return [...records, ...early.map((id) => goneEarly(id, known))].toSorted((a, b) => a.createdAt - b.createdAt)
}

function toRecord(row: z.infer<typeof Row>, known: Acquaintance, played: PlayedFaults): ServerRecord {
  const { vmState, taskState, ...rest } = row
  return {
    ...rest,
    status: row.deletedAt === null ? statusOf({ vmState, taskState }) : 'DELETED',
    createdAt: known.askedAt(row.id) ?? row.createdAt,
    vanished: false,
    stuck: played.isStuck(row.name),
  }
}

/** Deleted before it had a place: Nova keeps no record of it. */
function goneEarly(id: string, known: Acquaintance): ServerRecord {
  const at = known.askedAt(id) ?? 0
  const unknown = { project: '', user: '', requestId: '', host: null, flavor: '', imageId: '', metadata: {} }
  const times = { createdAt: at, activeAt: null, deletedAt: at }
  return { id, name: known.nameOf(id) ?? '', status: 'DELETED', ...unknown, ...times, vanished: false, stuck: false }
}
