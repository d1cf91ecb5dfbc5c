import { z } from 'zod'
import type { Source } from '../../matrix.ts'

export const CREATE_SERVER: Source = 'https://docs.openstack.org/api-ref/compute/#create-server'
export const SHOW_SERVER: Source = 'https://docs.openstack.org/api-ref/compute/#show-server-details'

export const link = z.strictObject({ rel: z.enum(['self', 'bookmark']), href: z.url() })
const bookmark = z.strictObject({ rel: z.literal('bookmark'), href: z.url() })

export const createdServer = z.strictObject({
  server: z.strictObject({
    id: z.uuid(),
    links: z.array(link).length(2),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']),
    security_groups: z.array(z.strictObject({ name: z.string() })),
    adminPass: z.string(),
  }),
})

/** `2026-01-31T12:00:00Z` */
const seconds = z.iso.datetime({ precision: 0 })
/** `2026-01-31T12:00:00.000000`, which is UTC. */
const micros = z.iso.datetime({ precision: 6, local: true })

export const address = z.strictObject({
  addr: z.ipv4(),
  version: z.literal(4),
  'OS-EXT-IPS:type': z.enum(['fixed', 'floating']),
  'OS-EXT-IPS-MAC:mac_addr': z.mac(),
})

export interface Looks {
  status: 'BUILD' | 'ACTIVE' | 'ERROR' | 'SHUTOFF'
  task?: 'spawning' | 'deleting'
  locked?: true
}

const VM_STATES = { BUILD: 'building', ACTIVE: 'active', ERROR: 'error', SHUTOFF: 'stopped' } as const
const POWER = { BUILD: 0, ACTIVE: 1, ERROR: 0, SHUTOFF: 4 } as const

const fault = z.strictObject({ code: z.literal(500), created: seconds, message: z.string() })

/** A server without networks that looks so, at 2.79. */
export function serverShape({ status, task, locked }: Looks) {
  const onHost = status !== 'ERROR'
  const ran = status === 'ACTIVE' || status === 'SHUTOFF'
  return z.strictObject({
    id: z.uuid(),
    name: z.string(),
    status: z.literal(status),
    tenant_id: z.hex().length(32),
    user_id: z.hex().length(32),
    metadata: z.record(z.string(), z.string()),
    hostId: onHost ? z.hex().length(56) : z.literal(''),
    image: z.strictObject({ id: z.uuid(), links: z.tuple([bookmark]) }),
    flavor: z.strictObject({
      original_name: z.string(),
      vcpus: z.int(),
      ram: z.int(),
      disk: z.int(),
      ephemeral: z.int(),
      swap: z.int(),
      extra_specs: z.record(z.string(), z.string()),
    }),
    created: seconds,
    updated: seconds,
    addresses: z.strictObject({}),
    accessIPv4: z.literal(''),
    accessIPv6: z.literal(''),
    links: z.array(link).length(2),
    'OS-DCF:diskConfig': z.literal('MANUAL'),
    'OS-EXT-AZ:availability_zone': onHost ? z.literal('nova') : z.literal(''),
    config_drive: z.literal(''),
    key_name: z.null(),
    'OS-SRV-USG:launched_at': ran ? micros : z.null(),
    'OS-SRV-USG:terminated_at': z.null(),
    'OS-EXT-STS:task_state': z.literal(task ?? null),
    'OS-EXT-STS:vm_state': z.literal(VM_STATES[status]),
    'OS-EXT-STS:power_state': z.literal(POWER[status]),
    'os-extended-volumes:volumes_attached': z.tuple([]),
    locked: z.literal(locked ?? false),
    locked_reason: z.null(),
    description: z.null(),
    tags: z.tuple([]),
    trusted_image_certificates: z.null(),
    server_groups: z.tuple([]),
    ...(status === 'BUILD' || status === 'ACTIVE' ? { progress: z.literal(0) } : {}),
    ...(status === 'ERROR' ? { fault } : {}),
  })
}

/**
 * In a list. The fault of a server that never reached a host is not told there: Nova keeps such servers in a database of their own
 * (cell0), and a list reads the faults of one database alone.
 */
export const listedShape = (looks: Looks) =>
  serverShape(looks).omit({ server_groups: true, ...(looks.status === 'ERROR' ? { fault: true } : {}) })

const forAdmin = z.strictObject({
  'OS-EXT-SRV-ATTR:host': z.string().nullable(),
  'OS-EXT-SRV-ATTR:hypervisor_hostname': z.string().nullable(),
  'OS-EXT-SRV-ATTR:instance_name': z.string(),
  'OS-EXT-SRV-ATTR:hostname': z.string(),
  'OS-EXT-SRV-ATTR:reservation_id': z.string(),
  'OS-EXT-SRV-ATTR:launch_index': z.int(),
  'OS-EXT-SRV-ATTR:root_device_name': z.string().nullable(),
  'OS-EXT-SRV-ATTR:kernel_id': z.string(),
  'OS-EXT-SRV-ATTR:ramdisk_id': z.string(),
  'OS-EXT-SRV-ATTR:user_data': z.string().nullable(),
  host_status: z.enum(['UP', '']),
})

/** With what only administrators are shown. */
export const adminServerShape = (looks: Looks) =>
  serverShape(looks).extend({
    ...forAdmin.shape,
    ...(looks.status === 'ERROR' ? { fault: fault.extend({ details: z.string() }) } : {}),
  })
