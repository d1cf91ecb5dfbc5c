import type { SignalDefinition } from '@temporalio/common'
import type { BootVolume } from '#domain/boot-volume.ts'
import type { Deadlines } from '#domain/deadlines.ts'
import type { VmReason } from '#domain/vm/reason.ts'
import type { VmEvent, VmRecord } from '#domain/vm/record.ts'
import { define } from './define.ts'
import type { Question } from './questions.ts'

export const vmLifecycleType = 'vmLifecycle'

/** What the fleet orders: everything that decides which server is booted and whom it may serve. No secret. */
export interface VmOrder {
  cloud: string
  /** The user (or project) that the VM may serve. */
  tenant: string
  project: string
  /** Id of the batch project in which the server is made; it is looked for, and deleted, with that project's credential only. */
  batchProject: string
  vmType: string
  image: { id: string; name: string }
  flavor: { id: string; name: string; cores: number; ramMb: number; ephemeralGb: number }
  /** The volume that it boots from, made of the image, where its flavor has no root disk. */
  bootVolume?: BootVolume
  keepaliveMs: number
  /** The demand that it was ordered for, as the plan names it; the breakers learn by it. */
  group: string
  shape: string
}

export interface VmInput {
  pool: string
  controlPlane: string
  order: VmOrder
  deadlines: Deadlines
  /** A server that exists already, whose workflow was ended from outside: it is taken on, not asked for. */
  adopted?: { serverId: string; bornAt: number; note: string }
}

/** How a VM's workflow ends. */
export interface VmResult {
  vm: string
  cloud: string
  /** Absent if the cloud never told it. */
  serverId?: string
  reason: VmReason
  note?: string
  /** Whether any job ran on it. */
  served: boolean
  bornAt: number
  activeMs?: number
  goneAt: number
}

/** The memo that goes with each VM's workflow, so that a list of them is enough to count supply. */
export interface VmMemo {
  order: VmOrder
  bornAt: number
}

/** What the watches, the fleet and operators tell a VM. */
export const vmEvent: SignalDefinition<[VmEvent]> = define('signal', 'vmEvent')
export const vmRecord: Question<VmRecord> = define('query', 'vmRecord')
