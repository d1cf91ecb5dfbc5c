import { breakerKey, close, isProved, speaks, type Breaker, type Breakers } from './breakers.ts'
import type { WorkerVm } from './types.ts'

type Zones = (cloud: string) => string | undefined

/** States that only a server has that was ACTIVE: the cloud had a place for it. */
const wasActive: ReadonlySet<WorkerVm['state']> = new Set(['booted', 'serving', 'draining'])

/** Closes the breakers for which a VM speaks that was born after the trouble began. */
export function closeProved(breakers: Breakers, vms: readonly WorkerVm[], zoneOf: Zones): Breakers {
  if (Object.keys(breakers).length === 0) return breakers
  const proved = vms.flatMap((vm) => provedKeys(vm, zoneOf).filter((key) => isProved(breakers, key, vm.bornAt)))
  return close(breakers, new Set(proved))
}

function provedKeys(vm: WorkerVm, zoneOf: Zones): string[] {
  const target = { ...vm, zone: zoneOf(vm.cloud), shape: vm.shape ?? '' }
  const capacity = vm.served === true || wasActive.has(vm.state) ? [breakerKey('capacity', target)] : []
  return vm.served === true && vm.shape !== undefined ? [...capacity, breakerKey('image', target)] : capacity
}

/**
 * How many VMs, by key, are under way to find out whether a breaker may close: born since it opened, and neither proved nor
 * counted as failed yet. VMs that were under way when it opened are none: their ends are expected to be failures too.
 */
export function probesUnderWay(breakers: Breakers, vms: readonly WorkerVm[], zoneOf: Zones): Map<string, number> {
  const probes = new Map<string, number>()
  for (const [key, breaker] of Object.entries(breakers)) {
    if (breaker.opened === undefined) continue
    const count = vms.filter(
      (vm) => speaks(breaker, vm.bornAt) && isUndecided(vm, breaker) && isOf(vm, breaker, zoneOf),
    ).length
    if (count > 0) probes.set(key, count)
  }
  return probes
}

function isUndecided(vm: WorkerVm, { kind }: Breaker): boolean {
  if (vm.served === true || vm.state === 'gone' || vm.state === 'held') return false
  return kind === 'image' || !wasActive.has(vm.state)
}

function isOf(vm: WorkerVm, { kind, of }: Breaker, zoneOf: Zones): boolean {
  if (vm.cloud !== of.cloud || vm.flavor !== of.flavor) return false
  if (kind === 'capacity') return (zoneOf(vm.cloud) ?? '') === (of.zone ?? '')
  return vm.image === of.image && (vm.shape === undefined || vm.shape === of.shape)
}
