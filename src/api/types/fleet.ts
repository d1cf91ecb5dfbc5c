import type { VmState } from '#domain/vm/state.ts'
import type { Instant } from './units.ts'

/** The recorded reason why a demand group did or did not get a VM on a cloud. */
export interface CloudVerdict {
  cloud: string
  /** Stable word, e.g. `boot`, `QuotaExceeded`, `NeverMatched`. */
  verdict: string
  /** The same for people, with figures. */
  reason: string
}

export interface CloudRow {
  name: string
  enabled: boolean
  /** Why it is disabled, or enabled again. */
  reason?: string | undefined
  /** Who said so. */
  by?: string | undefined
  since?: Instant | undefined
  /** Whether the last look at it succeeded; `unknown` before the first. */
  reachable: boolean | 'unknown'
  lastSeen?: Instant | undefined
  vms: number
  booting: number
  /** A limit of -1 is no limit. */
  cores: { used: number; limit: number }
  /** Higher is preferred. */
  priority: number
}

export interface CloudDetails extends CloudRow {
  authUrl: string
  project: string
  projectName?: string | undefined
  region?: string | undefined
  network?: string | undefined
  availabilityZone?: string | undefined
  ram?: { usedMb: number; limitMb: number } | undefined
  instances?: { used: number; limit: number } | undefined
  breakers: BreakerRow[]
  /** Absent if never, or if the cloud does not say. */
  credentialEnds?: string
  /** Of the credential; only what is known of each. */
  rotation?: {
    last?: Instant
    /** A time that is over: as soon as the cloud answers. Absent if it waits until somebody asks. */
    next?: Instant
    /** Of the one that runs. */
    state?: string
    /** Why the last one did not end well. */
    problem?: string
  }
  lastError?: string | undefined
}

export interface BreakerRow {
  cloud: string
  /** What is not tried for now: an image and flavor, or a zone and flavor. */
  scope: string
  state: 'open' | 'half-open'
  reason: string
  until?: Instant | undefined
}

export interface DemandRow {
  group: string
  owner: string
  vmType: string
  flavor: string
  idle: number
  /** VMs on their way or serving for it. */
  supply: number
  verdicts: CloudVerdict[]
}

export interface FleetOverview {
  pool: string
  clouds: CloudRow[]
  demand: DemandRow[]
  vms: { state: VmState; count: number }[]
  breakers: BreakerRow[]
  lastPlanAt?: Instant | undefined
}

export interface FleetPlanPreview {
  boots: { cloud: string; owner: string; vmType: string; flavor: string; count: number; reason: string }[]
  retirements: { name: string; cloud: string; reason: string }[]
  verdicts: ({ group: string } & CloudVerdict)[]
}
