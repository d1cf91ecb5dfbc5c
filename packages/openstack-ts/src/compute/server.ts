import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'

export interface ServerAddress {
  /** Name of the network. */
  network: string
  address: string
  version: 4 | 6
  type: 'fixed' | 'floating'
  mac: string | null
}

export interface ServerFault {
  code: number
  message: string
  /** A traceback, for operators only. */
  details: string | null
  createdAt: string | null
}

/** What the server was made with. Nova names the flavor by id before 2.47, and by its name and content from then on. */
export interface ServerFlavor {
  id: string | null
  name: string | null
  vcpus: number | null
  ramMb: number | null
  diskGb: number | null
  ephemeralGb: number | null
  swapMb: number | null
  /** From 2.47, for those who may see them. */
  extraSpecs: Record<string, string> | null
}

/** What is not known at the settled microversion, or not for servers in a cell that is down, is null. */
export interface Server extends Resource {
  id: string
  /** Null only while the server's cell is down. */
  name: string | null
  /** `BUILD`, `ACTIVE`, `SHUTOFF`, `ERROR`, `SOFT_DELETED`, …; `UNKNOWN` while its cell is down (from 2.69). */
  status: string
  /** What is being done with it, e.g. `spawning`, `deleting`. */
  taskState: string | null
  vmState: string | null
  /** 0 none, 1 running, 3 paused, 4 shut down, 6 crashed, 7 suspended. */
  powerState: number | null
  projectId: string
  userId: string | null
  /** Null for a server that boots from a volume. */
  imageId: string | null
  flavor: ServerFlavor | null
  addresses: ServerAddress[]
  metadata: Record<string, string>
  /** From 2.26. */
  tags: string[]
  /** From 2.19. */
  description: string | null
  keyName: string | null
  availabilityZone: string | null
  /** For administrators only. */
  host: string | null
  securityGroups: string[]
  /** Whether one is deleted with the server is known from 2.3 on. */
  volumes: { id: string; deleteOnTermination: boolean | null }[]
  configDrive: boolean
  /** From 2.9. */
  locked: boolean | null
  /** Why it is in `ERROR`. */
  fault: ServerFault | null
  createdAt: string | null
  updatedAt: string | null
  launchedAt: string | null
  terminatedAt: string | null
}

const address = z.object({
  addr: z.string(),
  version: z.union([z.literal(4), z.literal(6)]),
  'OS-EXT-IPS:type': z.enum(['fixed', 'floating']).default('fixed'),
  'OS-EXT-IPS-MAC:mac_addr': text,
})

const flavor = z
  .object({
    id: text,
    original_name: text,
    vcpus: number,
    ram: number,
    disk: number,
    ephemeral: number,
    swap: number,
    extra_specs: z.record(z.string(), z.string()).nullish(),
  })
  .transform(({ id, original_name, vcpus, ram, disk, ephemeral, swap, extra_specs }): ServerFlavor => ({
    id,
    name: original_name,
    vcpus,
    ramMb: ram,
    diskGb: disk,
    ephemeralGb: ephemeral,
    swapMb: swap,
    extraSpecs: extra_specs ?? null,
  }))

const fault = z
  .object({ code: z.number(), message: z.string(), details: text, created: time })
  .transform(({ code, message, details, created }): ServerFault => ({ code, message, details, createdAt: created }))

const volume = z
  .object({ id: z.string(), delete_on_termination: flag })
  .transform(({ id, delete_on_termination }) => ({ id, deleteOnTermination: delete_on_termination }))

export const server = resource(
  {
    id: z.string(),
    name: text,
    status: z.string(),
    'OS-EXT-STS:task_state': text,
    'OS-EXT-STS:vm_state': text,
    'OS-EXT-STS:power_state': number,
    tenant_id: z.string(),
    user_id: text,
    image: z.union([z.object({ id: z.string() }), z.literal('')]).nullish(),
    flavor: flavor.nullish(),
    addresses: z.record(z.string(), z.array(address)).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    tags: strings,
    description: text,
    key_name: text,
    'OS-EXT-AZ:availability_zone': text,
    'OS-EXT-SRV-ATTR:host': text,
    security_groups: z.array(z.object({ name: z.string() })).nullish(),
    'os-extended-volumes:volumes_attached': z.array(volume).nullish(),
    config_drive: z.union([z.string(), z.boolean()]).nullish(),
    locked: flag,
    fault: fault.nullish(),
    created: time,
    updated: time,
    'OS-SRV-USG:launched_at': time,
    'OS-SRV-USG:terminated_at': time,
  },
  (body): Fields<Server> => ({
    id: body.id,
    name: body.name,
    status: body.status,
    taskState: body['OS-EXT-STS:task_state'],
    vmState: body['OS-EXT-STS:vm_state'],
    powerState: body['OS-EXT-STS:power_state'],
    projectId: body.tenant_id,
    userId: body.user_id,
    imageId: body.image ? body.image.id : null,
    flavor: body.flavor ?? null,
    addresses: Object.entries(body.addresses ?? {}).flatMap(([network, list]) =>
      list.map((one) => ({
        network,
        address: one.addr,
        version: one.version,
        type: one['OS-EXT-IPS:type'],
        mac: one['OS-EXT-IPS-MAC:mac_addr'],
      })),
    ),
    metadata: body.metadata ?? {},
    tags: body.tags,
    description: body.description,
    keyName: body.key_name,
    availabilityZone: body['OS-EXT-AZ:availability_zone'] || null,
    host: body['OS-EXT-SRV-ATTR:host'] || null,
    securityGroups: [...new Set((body.security_groups ?? []).map(({ name }) => name))],
    volumes: body['os-extended-volumes:volumes_attached'] ?? [],
    configDrive: body.config_drive === true || body.config_drive === 'True',
    locked: body.locked,
    fault: body.fault ?? null,
    createdAt: body.created,
    updatedAt: body.updated,
    launchedAt: body['OS-SRV-USG:launched_at'],
    terminatedAt: body['OS-SRV-USG:terminated_at'],
  }),
)
