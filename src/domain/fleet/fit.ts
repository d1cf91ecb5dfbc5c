import type { DemandGroup } from '../demand.ts'
import type { Flavor } from '../flavor.ts'
import type { FleetCloud, Resources } from './types.ts'

/** A request, and what HTCondor's default MODIFY_REQUEST_EXPR_REQUEST* round it up to when they carve a slot. */
export interface Request {
  asked: Resources
  rounded: Resources
}

const memoryStepMb = 128
const diskStepKb = 1024

const roundUp = (value: number, step: number): number => Math.max(step, Math.ceil(value / step) * step)

export function requestOf(group: DemandGroup): Request {
  const cpus = group.jobPerCore ? Math.max(1, group.cpus) : group.cpus
  return {
    asked: { cpus, memoryMb: group.memoryMb, diskKb: group.diskKb },
    rounded: {
      cpus: Math.ceil(cpus),
      memoryMb: roundUp(group.memoryMb, memoryStepMb),
      diskKb: roundUp(group.diskKb, diskStepKb),
    },
  }
}

const times = (room: number, each: number): number => (each <= 0 ? Infinity : Math.max(0, Math.floor(room / each)))

const countOf = (room: Resources, each: Resources): number =>
  Math.min(times(room.cpus, each.cpus), times(room.memoryMb, each.memoryMb), times(room.diskKb, each.diskKb))

export function without(room: Resources, each: Resources, count: number): Resources {
  return {
    cpus: room.cpus - each.cpus * count,
    memoryMb: room.memoryMb - each.memoryMb * count,
    diskKb: room.diskKb - each.diskKb * count,
  }
}

const fits = (room: Resources, asked: Resources): boolean =>
  room.cpus >= asked.cpus && room.memoryMb >= asked.memoryMb && room.diskKb >= asked.diskKb

/**
 * How many jobs of a request run at a time in so much room. The startd tries what was asked where the rounded request no
 * longer fits ("retrying w/o edits" in its log), so the last job may be a tighter one.
 */
export function jobsThatFit(room: Resources, { asked, rounded }: Request): number {
  const whole = countOf(room, rounded)
  return fits(without(room, rounded, whole), asked) ? whole + 1 : whole
}

/** What is left of the room when so many jobs of the request have started in it. */
export function roomAfter(room: Resources, request: Request, jobs: number): Resources {
  const left = without(room, request.rounded, jobs)
  return { cpus: Math.max(0, left.cpus), memoryMb: Math.max(0, left.memoryMb), diskKb: Math.max(0, left.diskKb) }
}

/** Index of `guests`: an image decides as well what a guest of a flavor has left. */
export const guestKey = (flavor: string, image: string): string => `${flavor}/${image}`

/** A guest's kernel and its tables take this part of the flavor's RAM before HTCondor counts, and this much in any case. */
const memoryShare = 0.95
const memoryOverheadMb = 64
/** What a file system and its reserve leave of a disk. What an image takes of the root disk is not known before a guest is seen. */
const diskShare = 0.92

/** What a guest of a flavor is taken to have, for as long as none was seen. */
export function guestFromFlavor({ vcpus, ramMb, diskGb, ephemeralGb }: Flavor): Resources {
  const scratchGb = ephemeralGb > 0 ? ephemeralGb : diskGb
  return {
    cpus: vcpus,
    memoryMb: Math.max(0, Math.floor(ramMb * memoryShare) - memoryOverheadMb),
    diskKb: Math.floor(scratchGb * 1024 ** 2 * diskShare),
  }
}

/** Size of the volume that a VM boots from there; undefined if its flavor has a root disk, or it is not known. */
export function volumeGbOf({ bootVolumes }: FleetCloud, { diskGb }: Flavor, image: string): number | undefined {
  const volume = diskGb === 0 ? bootVolumes?.[image] : undefined
  return volume !== undefined && 'gb' in volume ? volume.gb : undefined
}

/** What a fresh guest offers to jobs, and whether that was seen or is estimated. */
export function guestOf(cloud: FleetCloud, flavor: Flavor, image: string): { resources: Resources; seen: boolean } {
  const seen = cloud.guests?.[guestKey(flavor.id, image)]
  if (seen !== undefined) return { resources: seen, seen: true }
  const diskGb = volumeGbOf(cloud, flavor, image) ?? flavor.diskGb
  return { resources: guestFromFlavor({ ...flavor, diskGb }), seen: false }
}
