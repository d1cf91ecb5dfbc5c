import { guestOf } from './fit.ts'
import { compareText, fill, type GroupState } from './group-state.ts'
import { onTheirWay } from './limits.ts'
import { poolKey } from './options.ts'
import type { FleetCloud, Resources, WorkerVm } from './types.ts'

interface Slots {
  vm: WorkerVm
  free: Resources
}

/** The groups that may use each pool, in order of priority. */
export type PoolUsers = ReadonlyMap<string, GroupState[]>

export function poolUsers(states: readonly GroupState[]): PoolUsers {
  const users = new Map<string, GroupState[]>()
  for (const state of states) {
    for (const { pool } of state.options) {
      if (pool === undefined) continue
      const known = users.get(pool)
      if (known === undefined) users.set(pool, [state])
      else known.push(state)
    }
  }
  return users
}

/**
 * Gives waiting jobs to the VMs that are there or on their way. VMs that drain, are deleted or held take none.
 *
 * @param states in order of priority
 * @returns ids of the VMs on their way that no waiting job needs
 */
export function assignSupply(
  states: readonly GroupState[],
  vms: readonly WorkerVm[],
  clouds: ReadonlyMap<string, FleetCloud>,
  { users, patienceMs, now }: { users: PoolUsers; patienceMs: number; now: number },
): Set<string> {
  const pools = Map.groupBy(vms.filter(isLive).map(slotsOf), ({ vm }) => poolKey(vm))
  for (const { state, keys } of mostConstrainedFirst(states, pools, users)) {
    for (const slots of keys.flatMap((key) => pools.get(key) ?? [])) {
      if (state.unmet === 0) break
      if (!passedOver(slots.vm, state, patienceMs, now)) slots.free = fill(state, slots.free, 'live')
    }
  }
  return assignComing(vms, clouds, users)
}

const isLive = (vm: WorkerVm): boolean => vm.state === 'serving' && vm.slots !== undefined
const isComing = (vm: WorkerVm): boolean =>
  onTheirWay.has(vm.state) || (vm.state === 'serving' && vm.slots === undefined)

const slotsOf = (vm: WorkerVm): Slots => ({ vm, free: vm.slots?.free ?? { cpus: 0, memoryMb: 0, diskKb: 0 } })

/**
 * Jobs that can go to few VMs choose first, and every group begins where it takes least from others: else jobs that could
 * run anywhere would fill the only VMs of some other group, and a VM would be booted beside an empty one.
 */
function mostConstrainedFirst(states: readonly GroupState[], pools: ReadonlyMap<string, Slots[]>, users: PoolUsers) {
  const rivals = (pool: string): number => users.get(pool)?.length ?? 0
  return states
    .map((state) => {
      const keys = state.options.flatMap(({ pool }) => (pool !== undefined && pools.has(pool) ? [pool] : []))
      return { state, keys: keys.toSorted((a, b) => rivals(a) - rivals(b) || compareText(a, b)) }
    })
    .toSorted((a, b) => a.keys.length - b.keys.length)
}

/**
 * A busy VM whose free part these jobs could have had for long, and did not get: something that we do not see keeps them
 * apart, so it is no supply. An empty VM has limits of its own (keepalive, first job).
 */
function passedOver({ slots }: WorkerVm, { group }: GroupState, patienceMs: number, now: number): boolean {
  if (slots?.freeSince === undefined || slots.jobs === 0) return false
  return now - Math.max(slots.freeSince, group.waitingSince ?? 0) > patienceMs
}

const stage: readonly WorkerVm['state'][] = ['serving', 'booted', 'building', 'creating', 'requested']

/** In the order in which the VMs were decided, each for its own group first: planning twice gives the same. */
function assignComing(
  vms: readonly WorkerVm[],
  clouds: ReadonlyMap<string, FleetCloud>,
  users: PoolUsers,
): Set<string> {
  const coming = vms
    .filter(isComing)
    .toSorted(
      (a, b) => stage.indexOf(a.state) - stage.indexOf(b.state) || a.bornAt - b.bornAt || compareText(a.id, b.id),
    )
  const unneeded = new Set<string>()
  for (const vm of coming) {
    const able = users.get(poolKey(vm)) ?? []
    const own = able.filter(({ group }) => group.id === vm.group)
    const guest = freshGuest(vm, clouds.get(vm.cloud))
    let free = guest
    for (const state of [...own, ...able]) free = fill(state, free, 'coming')
    if (free === guest && onTheirWay.has(vm.state)) unneeded.add(vm.id)
  }
  return unneeded
}

/** A flavor that the cloud no longer lists has an unknown disk; the VM was booted because it was large enough. */
const unknownDiskGb = 1_000_000

function freshGuest({ flavor, image, cores, memoryMb }: WorkerVm, cloud: FleetCloud | undefined): Resources {
  const own = { id: flavor, name: flavor, vcpus: cores, ramMb: memoryMb, diskGb: unknownDiskGb, ephemeralGb: 0 }
  if (cloud === undefined) return { cpus: 0, memoryMb: 0, diskKb: 0 }
  return guestOf(cloud, cloud.flavors[flavor] ?? own, image).resources
}
