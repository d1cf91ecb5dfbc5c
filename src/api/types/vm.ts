import type { VmReason } from '#domain/vm/reason.ts'
import type { VmState } from '#domain/vm/state.ts'
import type { Instant, Milliseconds } from './units.ts'

export interface VmQuery {
  cloud?: string | undefined
  state?: VmState | undefined
  /** Those that are gone as well. */
  all?: boolean | undefined
}

export interface VmRow {
  name: string
  cloud: string
  state: VmState
  reason?: VmReason | undefined
  owner: string
  vmType: string
  image: string
  flavor: string
  age: Milliseconds
  jobs: { running: number; started: number }
  idleFor?: Milliseconds | undefined
  /** When the present state is given up. */
  deadline?: Instant | undefined
}

export interface VmTransition {
  at: Instant
  state: VmState
  because: string
}

export interface VmDetails extends VmRow {
  history: VmTransition[]
  serverId?: string | undefined
  address?: string | undefined
  workflowId: string
  webUrl: string
  links?: { title: string; url: string }[] | undefined
}

export interface RetireResult {
  name: string
  state: VmState
  detail: string
}
