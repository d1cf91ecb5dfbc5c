import { z } from 'zod'
import type { Inventory } from '#testbed/cloud/admin/inspect.ts'
import { type Select, selectJson } from '../sql.ts'
import { regionDatabase } from '../state/databases.ts'
import type { FrontConfig } from './config.ts'

const name = z.string().nullable()

const Ports = z.array(
  z.object({
    id: z.string(),
    deviceId: z.string(),
    project: name.transform((found) => found ?? ''),
    addresses: z
      .array(z.string())
      .nullable()
      .transform((found) => found ?? []),
    orphan: z.boolean(),
  }),
)
const FloatingIps = z.array(z.object({ id: z.string(), address: z.string(), portId: z.string().nullable() }))
const Images = z.array(
  z.object({
    id: z.string(),
    name,
    status: z.string(),
    visibility: z.string(),
    members: z
      .array(z.object({ project: z.string(), status: z.string() }))
      .nullable()
      .transform((found) => found ?? []),
  }),
)

const project = (id: string): string => `(select name from keystone.project where id = ${id})`

/** What is there now, by the databases of Neutron and Glance. There are no volumes. */
export async function inventory({ root, region }: FrontConfig): Promise<Inventory> {
  const [neutron, glance] = [regionDatabase('neutron', region), regionDatabase('glance', region)]
  const living = `(select count(*) from ${regionDatabase('nova_cell1', region)}.instances
    where uuid = p.device_id and deleted = 0)`
  const ports: Select = {
    json: `json_object('id', p.id, 'deviceId', p.device_id, 'project', ${project('p.project_id')},
      'orphan', p.device_owner like 'compute:%' and ${living} = 0,
      'addresses', (select json_arrayagg(ip_address) from ${neutron}.ipallocations where port_id = p.id))`,
    from: `${neutron}.ports p`,
  }
  const floatingIps: Select = {
    json: `json_object('id', id, 'address', floating_ip_address, 'portId', fixed_port_id)`,
    from: `${neutron}.floatingips`,
  }
  const members = `(select json_arrayagg(json_object('project', coalesce(${project('m.member')}, m.member),
    'status', m.status)) from ${glance}.image_members m where m.image_id = i.id and m.deleted = 0)`
  const images: Select = {
    json: `json_object('id', i.id, 'name', i.name, 'status', i.status, 'visibility', i.visibility, 'members', ${members})`,
    from: `${glance}.images i where i.deleted = 0`,
  }
  const [foundPorts, foundIps, foundImages] = await selectJson(root, [ports, floatingIps, images])
  return {
    ports: Ports.parse(foundPorts),
    floatingIps: FloatingIps.parse(foundIps),
    volumes: [],
    images: Images.parse(foundImages),
  }
}
