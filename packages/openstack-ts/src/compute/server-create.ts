import { compareMicroversions } from '../discovery/microversion.ts'
import type { ServiceClient } from '../transport/service-client.ts'

/** A network by id, a port that exists, or a fixed address on a network. */
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
}

const USER_DATA_LIMIT = 65_535

/** The body of `POST /servers` at a microversion. */
export function serverCreateBody(client: ServiceClient, create: ServerCreate, microversion: string): object {
  const since = (version: string): boolean => compareMicroversions(microversion, version) >= 0
  const userData = create.userData === undefined ? undefined : Buffer.from(create.userData).toString('base64')
  if (userData !== undefined && userData.length > USER_DATA_LIMIT) {
    throw client.error(
      'InvalidRequest',
      `user data of ${create.name}: ${userData.length} bytes in base64, allowed are ${USER_DATA_LIMIT}`,
    )
  }
  if (create.networks === 'none' && !since('2.37')) {
    throw client.error(
      'InvalidRequest',
      `networks 'none' needs microversion 2.37, this cloud is used at ${microversion}`,
    )
  }
  if (create.blockDevices?.some(({ volumeType }) => volumeType !== undefined) === true && !since('2.67')) {
    // Left out, it would quietly make volumes of another type.
    throw client.error('InvalidRequest', `a volume type needs microversion 2.67, this cloud is used at ${microversion}`)
  }
  const server = {
    name: create.name,
    flavorRef: create.flavorId,
    imageRef: create.imageId,
    // Required from 2.37 on; before, leaving it out means the same as `auto`.
    networks: networksOf(create.networks ?? 'auto', since('2.37')),
    security_groups: create.securityGroups?.map((name) => ({ name })),
    key_name: create.keyName,
    availability_zone: create.availabilityZone,
    user_data: userData,
    metadata: create.metadata,
    config_drive: create.configDrive,
    block_device_mapping_v2: create.blockDevices?.map(blockDevice),
    tags: since('2.52') ? create.tags : undefined,
    description: since('2.19') ? create.description : undefined,
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
    tag: device.tag,
  }
}
