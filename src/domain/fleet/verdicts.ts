import type { Breaker } from './breakers.ts'
import type { GroupState } from './group-state.ts'
import type { Shortage } from './limits.ts'
import type { Bootable } from './options.ts'
import type { VerdictKind } from './types.ts'
import { amountText, durationText, plural } from './words.ts'

/** What kept a group from one more VM on a cloud where it could boot at all. */
export type Block =
  | Shortage
  | { kind: 'breaker'; breaker: Breaker; probing: boolean }
  | { kind: 'type-limit'; limit: number; ours: number }
  | { kind: 'pass'; limit: number }

export const verdictOf: Record<Block['kind'], VerdictKind> = {
  breaker: 'breaker-open',
  'type-limit': 'type-limit',
  'user-cap': 'user-cap',
  cap: 'cap',
  quota: 'quota',
  booting: 'rate-limited',
  pass: 'rate-limited',
}

export interface Where {
  cloud: string
  owner: string
  vmType: string
  now: number
}

export function blockText(block: Block, { cloud, owner, vmType, now }: Where): string {
  switch (block.kind) {
    case 'quota': {
      const { quota, wants, limit, used, coming, reserved } = block
      const left = Math.max(0, limit - used - coming - reserved)
      const parts = [
        `${used} used`,
        ...(coming > 0 ? [`${coming} for VMs on their way`] : []),
        ...(reserved > 0 ? [`${reserved} reserved`] : []),
      ]
      return `wants ${amountText(quota, wants)}, ${left} left of quota ${limit} (${parts.join(', ')})`
    }
    case 'cap':
      return block.what === 'vms'
        ? `VMs on ${cloud}: ${block.ours} of at most ${block.cap}`
        : `wants ${plural(block.wants, 'core')}, ${Math.max(0, block.cap - block.ours)} left of the cap of ${block.cap} (${block.ours} in our VMs)`
    case 'user-cap':
      return `VMs of ${owner} on ${cloud}: ${block.ours} of at most ${block.cap}`
    case 'type-limit':
      return `VMTypeLimit is ${block.limit}, and ${owner} has ${plural(block.ours, 'VM')} of ${vmType}`
    case 'booting':
      return `VMs on their way on ${cloud}: ${block.ours} of at most ${block.cap}`
    case 'pass':
      return `one pass boots ${plural(block.limit, 'VM')} at most, over all clouds; the next one goes on`
    case 'breaker':
      return breakerText(block.breaker, block.probing, now)
  }
}

function breakerText({ failures, reason, note, opened, kind }: Breaker, probing: boolean, now: number): string {
  const what = kind === 'image' ? 'this image and flavor for such jobs' : 'this flavor'
  const last = note === undefined ? reason : `${reason} (${note})`
  const then = probing
    ? 'one VM is on its way to find out whether it works again'
    : `one VM will try again in ${durationText((opened?.until ?? now) - now)}`
  return `${plural(failures, 'VM')} in a row failed with ${what}, the last with ${last}; ${then}`
}

export function bootsText(count: number, { flavor, jobsPerVm }: Bootable, probe: boolean): string {
  const what = `${plural(count, 'VM')} of ${flavor.name} (${plural(flavor.vcpus, 'core')}), up to ${plural(jobsPerVm, 'job')} each`
  return probe ? `boots ${what}, to find out whether it works again` : `boots ${what}`
}

/** Why a group needs nothing here. */
export function enoughText({ group, taken, boots }: GroupState): string {
  if (group.count <= 0) return 'no job is idle'
  const elsewhere = [...boots].map(([cloud, count]) => `${count} on ${cloud}`).join(', ')
  const takers = [
    ...(taken.live > 0 ? [`${taken.live} by VMs in the pool`] : []),
    ...(taken.coming > 0 ? [`${taken.coming} by VMs on their way`] : []),
    ...(taken.boots > 0
      ? [`${taken.boots} by VMs booted now${elsewhere === '' ? ' for other jobs' : ` (${elsewhere})`}`]
      : []),
  ]
  return `${plural(group.count, 'idle job')}: ${takers.join(', ')}`
}
