import type { DemandGroup } from '../demand.ts'
import type { Flavor } from '../flavor.ts'
import { guestOf, jobsThatFit, requestOf, volumeGbOf } from './fit.ts'
import { copyVerdict } from '../replication/copy-seen.ts'
import { needOf, neverFits } from './limits.ts'
import type { Amounts, FleetCloud, MatchResult, Resources, VerdictKind } from './types.ts'
import { blockText, verdictOf } from './verdicts.ts'
import { resourcesText } from './words.ts'

export interface Refusal {
  verdict: VerdictKind
  reason: string
}

/** How a group could be booted for on a cloud. */
export interface Bootable {
  image: string
  flavor: Flavor
  guest: Resources
  jobsPerVm: number
  /** Of the volume that it boots from, if it does. */
  volumeGb?: number
  need: Amounts
}

/** What a cloud is to a group, whatever room there is. */
export interface Option {
  cloud: FleetCloud
  /** VMs of this key can run the group's jobs; absent if none on this cloud can. */
  pool?: string
  boot?: Bootable
  refusal?: Refusal
}

/** VMs with the same key can run the same jobs. */
export const poolKey = (vm: { owner: string; vmType: string; cloud: string; image: string; flavor: string }): string =>
  [vm.owner, vm.vmType, vm.cloud, vm.image, vm.flavor].join('|')

/** Whether jobs with these `TargetClouds` may run on a cloud; none is any. */
export function targets(
  { targetClouds }: Pick<DemandGroup, 'targetClouds'>,
  { name, aliases }: Pick<FleetCloud, 'name' | 'aliases'>,
): boolean {
  if (targetClouds.length === 0) return true
  const names = new Set([name, ...aliases].map((each) => each.toLowerCase()))
  return targetClouds.some((wanted) => names.has(wanted.trim().toLowerCase()))
}

export function optionOf(group: DemandGroup, cloud: FleetCloud, match: MatchResult | undefined): Option {
  const refuse = (verdict: VerdictKind, reason: string): Option => ({ cloud, refusal: { verdict, reason } })
  if (!targets(group, cloud)) {
    return refuse('not-targeted', `TargetClouds is ${group.targetClouds.join(', ')}, which does not name ${cloud.name}`)
  }
  const image = group.images[cloud.name]
  if (image === undefined) return { cloud, refusal: lackOfImage(group, cloud) }
  const flavorId = group.flavors[cloud.name]
  if (flavorId === undefined) return refuse('flavor-missing', `VMInstanceType names no flavor on ${cloud.name}`)
  if (typeof match === 'object' && 'neverMatches' in match) return refuse('never-matched', match.neverMatches)

  const pool = poolKey({ owner: group.owner, vmType: group.vmType, cloud: cloud.name, image, flavor: flavorId })
  const reachable = (verdict: VerdictKind, reason: string): Option => ({ ...refuse(verdict, reason), pool })
  const flavor = cloud.flavors[flavorId]
  if (flavor === undefined) return reachable('flavor-missing', `${cloud.name} has no flavor ${flavorId} for us`)
  const volume = cloud.bootVolumes?.[image]
  if (flavor.diskGb === 0 && cloud.bootVolumes === undefined) {
    const rule = 'bootVolume is not set for it in the configuration'
    return reachable(
      'flavor-missing',
      `${flavor.name} has no root disk, and no VM boots from a volume on ${cloud.name}: ${rule}`,
    )
  }
  if (flavor.diskGb === 0 && (volume === undefined || 'unknown' in volume)) {
    const why = volume === undefined ? 'nothing was asked' : volume.unknown
    return reachable('unknown-limits', `the room for volumes on ${cloud.name} is unknown: ${why}`)
  }
  const { resources: guest, seen } = guestOf(cloud, flavor, image)
  const request = requestOf(group)
  const jobsPerVm = jobsThatFit(guest, request)
  if (jobsPerVm === 0) {
    const has = `a guest of ${flavor.name} ${seen ? 'was seen to have' : 'is estimated to have'} ${resourcesText(guest)}`
    return refuse('never-matched', `a job asks for ${resourcesText(request.asked)}; ${has}`)
  }
  if (!cloud.enabled) return { cloud, pool, refusal: disabled(cloud) }
  if ('unknown' in cloud.observed) {
    return reachable('unknown-limits', `the room on ${cloud.name} is unknown: ${cloud.observed.unknown}`)
  }
  if (typeof match === 'object')
    return reachable('match-unknown', `whether the jobs match is unknown: ${match.unknown}`)
  const volumeGb = volumeGbOf(cloud, flavor, image)
  return {
    cloud,
    pool,
    boot: {
      image,
      flavor,
      guest,
      jobsPerVm,
      ...(volumeGb === undefined ? {} : { volumeGb }),
      need: needOf(cloud, { cores: flavor.vcpus, ramMb: flavor.ramMb, volumeGb }),
    },
  }
}

/** Why a cloud without the image does not have it: nothing brings it there, no VM of it could be booted there, or it is on its way. */
function lackOfImage(group: DemandGroup, cloud: FleetCloud): Refusal {
  const { name } = cloud
  const checksum = group.copies?.[name]
  if (checksum === undefined) return { verdict: 'image-missing', reason: `VMAMI names no image on ${name}` }
  if (!cloud.enabled) return disabled(cloud)
  const flavor = cloud.flavors[group.flavors[name] ?? '']
  const short = flavor && neverFits(cloud, needOf(cloud, { cores: flavor.vcpus, ramMb: flavor.ramMb }))
  if (short === undefined) return copyVerdict(cloud.copies?.[checksum])
  return { verdict: verdictOf[short.kind], reason: blockText(short, { cloud: name, ...group, now: 0 }) }
}

const disabled = ({ name, reason }: FleetCloud): Refusal => ({
  verdict: 'cloud-disabled',
  reason: `${name} is disabled: ${reason ?? 'no reason was given'}`,
})
