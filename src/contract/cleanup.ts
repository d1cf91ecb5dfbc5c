import type { Comparison, Finding } from '#domain/cleanup/findings.ts'

export const cleanupType = 'cleanup'
/** Of the schedule, and the beginning of its workflows' ids. */
export const cleanupId = (pool: string, cloud: string): string => `cleanup/${pool}/${cloud}`

export interface CleanupInput {
  pool: string
  cloud: string
  /** Who asked: `schedule`, or a user. */
  by: string
  /** Only say what would be done. */
  plan?: boolean
  /** VMs that are missing are lost indeed, however many they are: an operator has made sure of it. */
  acceptLoss?: boolean
  /** What is found once is looked at again this long after, ms. */
  confirmMs: number
}

/** What was done about one finding. */
export interface Deed {
  finding: Finding
  outcome: 'done' | 'going-on' | 'left' | 'failed'
  note: string
  at: number
}

export interface CleanupReport extends Partial<Comparison> {
  cloud: string
  by: string
  at: number
  /** Why nothing is known: the cloud did not answer, or not for our project. */
  unknown?: string
  findings: Finding[]
  deeds: Deed[]
}

/** How a pass ended, for the list of workflows: most find nothing. */
export type CleanupState = 'nothing' | 'planned' | 'acted' | 'unproven' | 'frozen' | 'unknown'

export function stateOf({ unknown, frozen, findings, deeds }: CleanupReport): CleanupState {
  if (unknown !== undefined) return 'unknown'
  if (deeds.length > 0) return 'acted'
  if (frozen !== undefined) return 'frozen'
  if (findings.some(({ kind }) => kind === 'unproven')) return 'unproven'
  return findings.length > 0 ? 'planned' : 'nothing'
}
