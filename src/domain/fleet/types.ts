import type { DemandGroup } from '../demand.ts'
import type { Flavor } from '../flavor.ts'
import type { CopySeen } from '../replication/copy-seen.ts'
import type { VmReason } from '../vm/reason.ts'
import type { VmState } from '../vm/state.ts'
import type { Breakers } from './breakers.ts'

export type { Flavor }

/** What a job asks for, or a guest has. */
export interface Resources {
  cpus: number
  memoryMb: number
  /** KiB, as HTCondor counts disk. */
  diskKb: number
}

/** What a project's quota may limit and a VM takes from. */
export const quotaNames = ['instances', 'cores', 'ramMb', 'ports', 'addresses', 'volumes', 'volumeGb'] as const

export type QuotaName = (typeof quotaNames)[number]

/** An amount of each; absent is none. */
export type Amounts = Partial<Record<QuotaName, number>>

/** A limit of −1 is no limit. `used` is the whole project's, servers of others included. */
export interface Quota {
  limit: number
  used: number
}

/** What the last look at a cloud's limits told; a failed look is unknown, never zero. A quota that is absent does not limit. */
export type ObservedLimits = { quotas: Partial<Record<QuotaName, Quota>> } | { unknown: string }

/** Size of the volume that VMs of an image boot from, GB; or why it is not known. */
export type BootVolumeSize = { gb: number } | { unknown: string }

/** An operator's limits for our own VMs on one cloud; absent is no limit. */
export interface CloudCaps {
  vms?: number
  cores?: number
  vmsPerUser?: number
  /** VMs on their way (not yet serving) at a time. */
  booting?: number
}

/** One cloud: our policy for it, and what was seen there. */
export interface FleetCloud {
  name: string
  /** Other names that `TargetClouds` may use. */
  aliases: string[]
  enabled: boolean
  /** Why it is disabled. */
  reason?: string
  /** Higher is preferred. */
  priority: number
  /** Availability zone in which we boot. */
  zone?: string
  observed: ObservedLimits
  /** By id. */
  flavors: Record<string, Flavor>
  /** Images on their way there, by checksum. */
  copies?: Record<string, CopySeen>
  /** What guests were really seen to have, by {@link guestKey}. */
  guests?: Record<string, Resources>
  /** By image: the volumes that VMs of flavors without root disk boot from. Absent: they do not boot there. */
  bootVolumes?: Record<string, BootVolumeSize>
  caps: CloudCaps
  /** Servers of ours that are no {@link WorkerVm}, for a while: they take from the caps as well. */
  strays?: { vms: number; cores: number }
  /** Of the quota, kept for others. */
  reserved: Amounts
  /** What a VM takes beside instances, cores and RAM; one port if absent. */
  perVm?: Amounts
}

/** A worker VM as the plan sees it, boots in flight included. */
export interface WorkerVm {
  id: string
  cloud: string
  /** The tenant that it may serve. */
  owner: string
  vmType: string
  image: string
  flavor: string
  state: VmState
  reason?: VmReason
  /** Of its flavor: what it takes from quotas. */
  cores: number
  memoryMb: number
  /** Of the volume that it boots from, if it does. */
  volumeGb?: number
  /** Whether the cloud's `used` already includes it: it was in a list of servers that was read *before* the limits. */
  listed: boolean
  bornAt: number
  /** From its ads in the pool, once it has some. */
  slots?: {
    free: Resources
    /** Jobs running on it. */
    jobs: number
    /** Since when its free part has not changed, ms since 1970. */
    freeSince?: number
  }
  /** Whether any job ever ran on it. */
  served?: boolean
  /** The demand group that it was booted for. */
  group?: string
  /** {@link demandShape} of that group. */
  shape?: string
}

/** What HTCondor says of a group's real job ad against a guest of its flavor and image on a cloud. */
export type MatchResult = 'matches' | { neverMatches: string } | { unknown: string }

/** By group id, then cloud. Where nobody asked, the figures of job and guest decide. */
export type Matches = Record<string, Record<string, MatchResult>>

export interface FleetPolicy {
  /** Boots in one pass, over all clouds. */
  bootsPerPass: number
  retirementsPerPass: number
  /** By owner; 1 if absent. Twice the weight is twice the cores. */
  weights: Record<string, number>
  /** How long a free part of a busy VM may go unclaimed by jobs that wait before it no longer counts as supply, ms. */
  patienceMs: number
}

export const defaultPolicy: FleetPolicy = {
  bootsPerPass: 20,
  retirementsPerPass: 200,
  weights: {},
  patienceMs: 5 * 60_000,
}

export interface PlanInput {
  demand: DemandGroup[]
  /** False if a schedd did not answer: then no VM is retired for lack of demand. True if absent. */
  demandComplete?: boolean
  supply: WorkerVm[]
  clouds: FleetCloud[]
  matches?: Matches
  policy: FleetPolicy
  breakers: Breakers
  /** Ms since 1970. */
  now: number
}

/** VMs to boot, all alike. */
export interface Boot {
  cloud: string
  owner: string
  vmType: string
  image: string
  flavor: Flavor
  /** Size of the volume that they boot from, if they do. */
  volumeGb?: number
  /** The group that they are booted for; give it and `shape` back with the VM in the next pass's supply. */
  group: string
  shape: string
  keepaliveMinutes?: number
  count: number
  /** The one VM by which a half-open breaker finds out. */
  probe: boolean
}

export interface Retirement {
  vm: string
  cloud: string
  reason: VmReason
  note: string
}

export const verdictKinds = [
  'boots',
  'enough',
  'not-targeted',
  'image-missing',
  'copying',
  'copy-failed',
  'flavor-missing',
  'cloud-disabled',
  'unknown-limits',
  'never-matched',
  'match-unknown',
  'breaker-open',
  'type-limit',
  'user-cap',
  'cap',
  'quota',
  'fair-share',
  'rate-limited',
] as const

export type VerdictKind = (typeof verdictKinds)[number]

/** Why a group did or did not get VMs on a cloud in this pass. Exactly one for each group and cloud. */
export interface Verdict {
  group: string
  cloud: string
  verdict: VerdictKind
  /** A sentence with figures, for `job why` and `fleet plan` to print as it is. */
  reason: string
  /** VMs booted here; 0 unless the verdict is `boots`. */
  count: number
  /** Idle jobs of the group. */
  jobs: number
  /** Those of them that no VM anywhere will take. */
  waiting: number
}

export interface FleetPlan {
  /** In the order in which they were decided. */
  boots: Boot[]
  retirements: Retirement[]
  verdicts: Verdict[]
  /** The breakers after what the supply proves; keep them instead of the input's. */
  breakers: Breakers
  /** Idle jobs that no VM, live, on its way or in `boots`, will take. */
  unmet: number
  /** Whether another pass may decide otherwise without being told anything new. */
  unsettled: boolean
}
