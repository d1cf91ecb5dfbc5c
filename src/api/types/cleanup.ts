import type { Instant } from './units.ts'

/** Something that does not agree between a cloud, the pool and the records. */
export interface CleanupFinding {
  /** `adopt`, `remove`, `lost`, `ghost`, `dependents`; `unproven` is for a person: it is never touched. */
  kind: string
  vm: string
  serverId?: string | undefined
  /** The evidence. */
  because: string
  /** What was done: `done`, `going-on`, `left`, `failed`; absent if nothing was. */
  outcome?: string | undefined
  note?: string | undefined
}

/** One pass over one cloud. */
export interface CleanupPass {
  cloud: string
  at: Instant
  /** `schedule`, or who asked. */
  by: string
  /** Why nothing is known, and therefore nothing was done. */
  unknown?: string | undefined
  servers?: number | undefined
  vms?: number | undefined
  /** Servers that are not ours; they are counted and never touched. */
  foreign?: number | undefined
  /** So many VMs are missing at once that the cloud's list is not believed. */
  frozen?: { missing: number; of: number } | undefined
  findings: CleanupFinding[]
  webUrl: string
}

export interface CleanupOptions {
  /** VMs that are missing are lost indeed, however many. */
  acceptLoss?: boolean | undefined
}
