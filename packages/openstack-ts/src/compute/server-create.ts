import type { SettledMicroversion } from '../settled-microversion.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import { userDataBody } from './user-data.ts'

/** A network by id, a port that exists, or a fixed address on a network. The guest finds it by its tag, from 2.42. */
export type ServerNetwork =
  | { networkId: string; fixedIp?: string | undefined; tag?: string | undefined }
  | { portId: string; tag?: string | undefined }

/** Nova's block_device_mapping_v2, one device. */
export interface BlockDevice {
  sourceType: 'image' | 'volume' | 'snapshot' | 'blank'
  destinationType: 'local' | 'volume'
  /** Id of the image, volume or snapshot; none for `blank`. */
  sourceId?: string | undefined
  /** 0 boots, -1 never; default of Nova: none. */
  bootIndex?: number | undefined
  sizeGb?: number | undefined
  /** Default of Nova: false, so that the volume outlives the server. */
  deleteOnTermination?: boolean | undefined
  /** From 2.67. */
  volumeType?: string | undefined
  /** `swap` or a file system, for local blank devices. */
  guestFormat?: string | undefined
  deviceName?: string | undefined
  /** `disk`, `cdrom`, `floppy` or `lun`. Default of Nova: `disk`. */
  deviceType?: string | undefined
  /** `virtio`, `scsi`, `ide`, `sata`, `usb`, … Default: what hypervisor and image say. */
  diskBus?: string | undefined
  /** The guest finds the device by it in its metadata; from 2.42. */
  tag?: string | undefined
}

export interface ServerCreate {
  name: string
  flavorId: string
  /** None for a server whose boot device is in `blockDevices`. */
  imageId?: string | undefined
  /** `auto`: the project's only network. `none`: no network, from 2.37. Default `auto`. */
  networks?: readonly ServerNetwork[] | 'auto' | 'none' | undefined
  /** Names or ids. Default of Nova: the project's `default`. */
  securityGroups?: readonly string[] | undefined
  keyName?: string | undefined
  availabilityZone?: string | undefined
  /** As the guest shall read it; encoded here. At most 65,535 bytes in base64, which is 49,149 bytes of it. */
  userData?: string | Uint8Array | undefined
  /** Keys and values of at most 255 characters. */
  metadata?: Readonly<Record<string, string>> | undefined
  configDrive?: boolean | undefined
  blockDevices?: readonly BlockDevice[] | undefined
  /** Sent from 2.52 on, left out before: never rely on them alone. */
  tags?: readonly string[] | undefined
  description?: string | undefined
  /** E.g. `{ group: '<server group id>' }`. */
  schedulerHints?: Readonly<Record<string, unknown>> | undefined
  /** Default of Nova: one that it makes up. */
  adminPassword?: string | undefined
  /** `AUTO`: one partition over the whole disk. `MANUAL`: as the image has it. */
  diskConfig?: 'AUTO' | 'MANUAL' | undefined
  /** Addresses that Nova shall tell others to reach it by; it does not look at them. */
  accessIpv4?: string | undefined
  accessIpv6?: string | undefined
  /** Ids of certificates that the image's signature is checked with; from 2.63. */
  trustedCertificates?: readonly string[] | undefined
  /** This one and no other: for administrators; from 2.74. */
  host?: string | undefined
  hypervisorHostname?: string | undefined
  /** What the guest is called, if not made of `name`; from 2.90. */
  hostname?: string | undefined
}

/** How many: all or none of `min`, more as long as the quota allows, up to `max`. */
export interface ServerCount {
  /** Default of Nova: 1. */
  min?: number | undefined
  /** Default of Nova: `min`. */
  max?: number | undefined
}

/**
 * The body of `POST /servers` at a microversion. https://docs.openstack.org/api-ref/compute/#create-server
 *
 * @throws OpenStackError `InvalidRequest`; `MicroversionUnsupported` for what would be refused, or quietly left out
 */
export function serverCreateBody(
  client: ServiceClient,
  create: ServerCreate,
  microversion: SettledMicroversion,
  count?: ServerCount,
): object {
  if (create.networks === 'none' && !microversion.has('2.37')) {
    throw client.error(
      'InvalidRequest',
      `networks 'none' needs microversion 2.37, this cloud is used at ${microversion.version}`,
    )
  }
  if (create.blockDevices?.some(({ volumeType }) => volumeType !== undefined) === true && !microversion.has('2.67')) {
    // Left out, it would quietly make volumes of another type.
    throw client.error(
      'InvalidRequest',
      `a volume type needs microversion 2.67, this cloud is used at ${microversion.version}`,
    )
  }
  const devices: readonly { tag?: string | undefined }[] = [
    ...(typeof create.networks === 'object' ? create.networks : []),
    ...(create.blockDevices ?? []),
  ]
  if (devices.some(({ tag }) => tag !== undefined)) microversion.needs('2.42', 'the tag of a device')
  if (create.trustedCertificates !== undefined) microversion.needs('2.63', 'trusted certificates of a server')
  if ((create.host ?? create.hypervisorHostname) !== undefined) microversion.needs('2.74', 'the host of a new server')
  if (create.hostname !== undefined) microversion.needs('2.90', 'the hostname of a new server')
  const server = {
    name: create.name,
    flavorRef: create.flavorId,
    imageRef: create.imageId,
    // Required from 2.37 on; before, leaving it out means the same as `auto`.
    networks: networksOf(create.networks ?? 'auto', microversion.has('2.37')),
    security_groups: create.securityGroups?.map((name) => ({ name })),
    key_name: create.keyName,
    availability_zone: create.availabilityZone,
    user_data: userDataBody(client, create.userData, create.name),
    metadata: create.metadata,
    config_drive: create.configDrive,
    block_device_mapping_v2: create.blockDevices?.map(blockDevice),
    tags: microversion.has('2.52') ? create.tags : undefined,
    description: microversion.has('2.19') ? create.description : undefined,
    adminPass: create.adminPassword,
    'OS-DCF:diskConfig': create.diskConfig,
    accessIPv4: create.accessIpv4,
    accessIPv6: create.accessIpv6,
    trusted_image_certificates: create.trustedCertificates,
    host: create.host,
    hypervisor_hostname: create.hypervisorHostname,
    hostname: create.hostname,
    ...(count && { min_count: count.min, max_count: count.max, return_reservation_id: true }),
  }
  return create.schedulerHints === undefined ? { server } : { server, 'os:scheduler_hints': create.schedulerHints }
}

function networksOf(networks: readonly ServerNetwork[] | 'auto' | 'none', words: boolean): unknown {
  if (typeof networks === 'string') return words ? networks : undefined
  return networks.map((one) =>
    'portId' in one ? { port: one.portId, tag: one.tag } : { uuid: one.networkId, fixed_ip: one.fixedIp, tag: one.tag },
  )
}

function blockDevice(device: BlockDevice): object {
  return {
    source_type: device.sourceType,
    destination_type: device.destinationType,
    uuid: device.sourceId,
    boot_index: device.bootIndex,
    volume_size: device.sizeGb,
    delete_on_termination: device.deleteOnTermination,
    volume_type: device.volumeType,
    guest_format: device.guestFormat,
    device_name: device.deviceName,
    device_type: device.deviceType,
    disk_bus: device.diskBus,
    tag: device.tag,
  }
}
