import type { TypedSearchAttributes } from '@temporalio/common'
import { vmReasons, type VmReason } from '#domain/vm/reason.ts'
import { vmStates, type VmState } from '#domain/vm/state.ts'
import { attribute } from './search-attributes.ts'
import type { VmMemo, VmOrder } from './vm-lifecycle.ts'

/** What a list of workflows shows of each; the fields of the client's `WorkflowExecutionInfo` that we read. */
export interface ListedWorkflow {
  workflowId: string
  status: { name: string }
  startTime: Date
  closeTime?: Date
  memo?: Record<string, unknown>
  typedSearchAttributes: TypedSearchAttributes
}

export interface ListedVm {
  vm: string
  state: VmState
  reason?: VmReason
  order: VmOrder
  bornAt: number
  /** When its workflow ended, ms since 1970; absent while it runs. */
  closedAt?: number
}

/** A VM from the list of workflows; `undefined` if the entry is not one that we started. */
export function listedVm(listed: ListedWorkflow): ListedVm | undefined {
  const memo = listed.memo?.['vm'] as VmMemo | undefined
  if (memo === undefined) return undefined
  const state = vmStates.find((known) => known === attribute(listed.typedSearchAttributes, 'state'))
  const reason = vmReasons.find((known) => known === attribute(listed.typedSearchAttributes, 'reason'))
  return {
    vm: listed.workflowId,
    state: listed.status.name === 'RUNNING' ? (state ?? 'creating') : 'gone',
    ...(reason === undefined ? {} : { reason }),
    order: memo.order,
    bornAt: memo.bornAt,
    ...(listed.closeTime === undefined ? {} : { closedAt: listed.closeTime.getTime() }),
  }
}
