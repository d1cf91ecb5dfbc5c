import type { Cloud } from '../cloud.ts'
import type { Effect } from '#testbed/front/rule.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { hexId, uuid } from '../ids.ts'
import type { Image } from '../image/types.ts'
import { canSee, memberKey } from '../image/visibility.ts'
import { defaultGroup, groupsOf } from '../network/groups.ts'
import { badRequest, forbidden } from '../refusal.ts'
import type { ServerWish } from './create-schema.ts'
import { bootDevices, type BootDevice } from './boot-devices.ts'
import { build, tooSmall } from './build.ts'
import { flavorFor } from './flavors.ts'
import { zones } from './hosts.ts'
import { chooseNics } from './network-choice.ts'
import { checkComputeQuota, computeLimits } from './quota.ts'
import { groupFor } from './server-groups.ts'
import type { Flavor, Server } from './types.ts'

const GIB = 2 ** 30

/** Accepts one or more servers, or refuses them all. @throws Refusal in Nova's order and words. */
export function createServers(
  cloud: Cloud,
  who: Principal,
  wish: ServerWish,
  requestId: string,
  effect: Effect | null,
): Server[] {
  const projectId = projectOf(who)
  const flavor = flavorFor(cloud, who, wish.flavorRef)
  if (flavor === undefined) throw badRequest(`Flavor ${wish.flavorRef} could not be found.`)
  const { image, devices } = bootSource(cloud, who, wish)
  checkFit(who, image, flavor, devices)
  if (wish.key_name !== undefined && !cloud.state.keypairs.has(`${who.user.id}:${wish.key_name}`))
    throw badRequest('Invalid key_name provided.')
  if (wish.availability_zone !== undefined && !zones(cloud).includes(wish.availability_zone))
    throw badRequest('The requested availability zone is not available')
  const groups = groupsFor(cloud, projectId, wish)
  const maxMetadata = computeLimits(cloud, projectId)['metadata_items'] ?? 128
  if (maxMetadata >= 0 && Object.keys(wish.metadata ?? {}).length > maxMetadata)
    throw forbidden(`Maximum number of metadata items exceeds ${maxMetadata}`)

  const min = wish.min_count ?? 1
  const max = wish.max_count ?? min
  if (min > max) throw badRequest('min_count must be <= max_count')
  const count = checkComputeQuota(cloud, projectId, flavor, min, max)
  const nics = chooseNics(cloud, who, wish.networks, count)
  const together = groupFor(cloud, projectId, wish.groupId, count)

  const reservationId = `r-${hexId().slice(0, 8)}`
  return Array.from({ length: count }, (_, n) => {
    const name = max > 1 ? `${wish.name}-${n + 1}` : wish.name
    const made = newServer(
      cloud,
      who,
      { ...wish, name },
      flavor,
      image,
      groups.map((group) => group.name),
    )
    const wanted = { ...made, requestId, reservationId, launchIndex: n }
    const zone = wish.availability_zone ?? null
    const built = build(cloud, wanted, { zone, together, image, devices, nics, groups, effect })
    cloud.life.put(built)
    if (wish.user_data !== undefined) cloud.state.userData.put(built.id, { base64: wish.user_data })
    return built
  })
}

/** The image that it boots, from its own disk or by way of a volume; undefined for a volume that there was before. */
function bootSource(
  cloud: Cloud,
  who: Principal,
  { imageRef, block_device_mapping, block_device_mapping_v2 = [] }: ServerWish,
): { image: Image | undefined; devices: BootDevice[] } {
  if (block_device_mapping !== undefined)
    throw badRequest('Block Device Mapping is Invalid: this cloud reads block_device_mapping_v2 only.')
  const imageOf = (ref: string | undefined): Image => bootableImage(cloud, who, ref)
  if (block_device_mapping_v2.length === 0) return { image: imageOf(imageRef), devices: [] }
  const devices = bootDevices(cloud, who, block_device_mapping_v2, imageRef, imageOf)
  const root = devices.find(({ boot }) => boot)
  if (root === undefined) return { image: imageOf(imageRef), devices }
  return { image: root.kind === 'made' ? root.image : undefined, devices }
}

function bootableImage(cloud: Cloud, who: Principal, ref: string | undefined): Image {
  if (ref === undefined || ref === '') throw badRequest('Missing imageRef attribute')
  const image = cloud.state.images.get(ref)
  const memberOf = (imageId: string, project: string) => cloud.state.members.get(memberKey(imageId, project))
  if (image === undefined || !canSee(who, image, memberOf)) throw badRequest('Can not find requested image')
  if (image.status !== 'active') throw badRequest(`Image ${ref} is not active.`)
  return image
}

function checkFit(who: Principal, image: Image | undefined, flavor: Flavor, devices: readonly BootDevice[]): void {
  if (image === undefined) return
  if (flavor.ramMb < image.minRam) throw badRequest("Flavor's memory is too small for requested image.")
  // The size of a volume is its own.
  if (devices.some(({ boot }) => boot)) return
  if (flavor.diskGb === 0) {
    // os_compute_api:servers:create:zero_disk_flavor; such a disk is as large as the image.
    if (isAdmin(who)) return
    throw forbidden('Only volume-backed servers are allowed for flavors with zero disk.')
  }
  const disk = flavor.diskGb * GIB
  if ((image.size ?? 0) > disk) throw badRequest(tooSmall(disk, image.size ?? 0))
  if (flavor.diskGb < image.minDisk)
    throw badRequest(
      "Flavor's disk is smaller than the minimum size specified in image metadata. " +
        `Flavor disk is ${disk} bytes, minimum size is ${image.minDisk * GIB} bytes.`,
    )
}

function groupsFor(cloud: Cloud, projectId: string, wish: ServerWish) {
  const own = [defaultGroup(cloud, projectId), ...groupsOf(cloud, projectId)]
  return (wish.security_groups ?? [{ name: 'default' }]).map(({ name }) => {
    const found = own.find((group) => group.name === name || group.id === name)
    if (found === undefined) throw badRequest(`Unable to find security_group with name or id '${name}'`)
    return found
  })
}

function newServer(
  cloud: Cloud,
  who: Principal,
  wish: ServerWish,
  flavor: Flavor,
  image: Image | undefined,
  groups: string[],
): Server {
  const now = cloud.now()
  return {
    id: uuid(),
    name: wish.name,
    description: wish.description ?? null,
    projectId: projectOf(who),
    userId: who.user.id,
    reservationId: '',
    requestId: '',
    flavor,
    imageId: image?.id ?? '',
    imageName: image?.name ?? null,
    metadata: wish.metadata ?? {},
    tags: wish.tags ?? [],
    keyName: wish.key_name ?? null,
    zone: wish.availability_zone ?? '',
    groupId: wish.groupId ?? null,
    host: null,
    hostname:
      wish.hostname ??
      wish.name
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]+/g, '-')
        .slice(0, 63),
    securityGroups: groups,
    configDrive: wish.config_drive === true || wish.config_drive === 'true' || wish.config_drive === 'True',
    volumes: [],
    launchIndex: 0,
    vmState: 'building',
    taskState: 'scheduling',
    powerState: 0,
    progress: 0,
    lockedBy: null,
    lockedReason: null,
    fault: null,
    stuck: false,
    deleteSticks: false,
    keepsPorts: false,
    keepsVolumes: null,
    vanished: false,
    due: null,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    deletedAt: null,
  }
}
