import { compareText } from './group-state.ts'
import { needOf, onTheirWay } from './limits.ts'
import { quotaNames, type FleetCloud, type Retirement, type WorkerVm } from './types.ts'
import { amountText } from './words.ts'

/** A limit that may be exceeded: how much each VM counts, and how far it is over. */
interface Excess {
  note: string
  over: number
  weight: (vm: WorkerVm) => number
}

/**
 * VMs to retire where we are over a cap or a quota, e.g. because an operator lowered it: idle ones, then ones that are
 * not in the pool yet; the oldest first. Busy ones stay: they go by themselves when their work is done.
 */
export function shrink(cloud: FleetCloud, vms: readonly WorkerVm[]): Retirement[] {
  const present = vms.filter(({ state }) => state !== 'gone')
  const candidates = present
    .filter(mayShrink)
    .toSorted(
      (a, b) =>
        Number(onTheirWay.has(a.state)) - Number(onTheirWay.has(b.state)) ||
        a.bornAt - b.bornAt ||
        compareText(a.id, b.id),
    )
  const chosen = new Map<WorkerVm, string>()
  const leaving = present.filter(isLeaving)
  for (const { note, over, weight } of excesses(cloud, present)) {
    const given = [...leaving, ...chosen.keys()].reduce((sum, vm) => sum + weight(vm), 0)
    let rest = over - given
    for (const vm of candidates) {
      if (rest <= 0) break
      if (chosen.has(vm) || weight(vm) === 0) continue
      chosen.set(vm, note)
      rest -= weight(vm)
    }
  }
  return [...chosen].map(([vm, note]) => ({ vm: vm.id, cloud: cloud.name, reason: 'Retired', note }))
}

const isLeaving = ({ state }: WorkerVm): boolean => state === 'draining' || state === 'deleting'

/** A VM whose creation is not answered yet cannot be retired; a VM that serves may be if nothing runs on it. */
function mayShrink({ state, slots }: WorkerVm): boolean {
  if (state === 'serving') return slots !== undefined && slots.jobs === 0
  return onTheirWay.has(state) && state !== 'creating'
}

const one = (): number => 1

function excesses(cloud: FleetCloud, present: readonly WorkerVm[]): Excess[] {
  const { name, caps, observed, reserved } = cloud
  const sum = (weight: Excess['weight']) => present.reduce((total, vm) => total + weight(vm), 0)
  const capped = (what: string, cap: number | undefined, weight: Excess['weight']): Excess[] => {
    if (cap === undefined) return []
    const ours = sum(weight)
    return [{ note: `${name} is over its cap of ${what}: ${ours} of ${cap}`, over: ours - cap, weight }]
  }
  const owners =
    caps.vmsPerUser === undefined ? [] : [...new Set(present.map(({ owner }) => owner))].toSorted(compareText)
  const quotas = 'quotas' in observed ? observed.quotas : {}
  return [
    ...capped('VMs', caps.vms, one),
    ...capped('cores', caps.cores, ({ cores }) => cores),
    ...owners.flatMap((owner) => capped(`VMs of ${owner}`, caps.vmsPerUser, (vm) => (vm.owner === owner ? 1 : 0))),
    ...quotaNames.flatMap((quota): Excess[] => {
      const { limit, used } = quotas[quota] ?? { limit: -1, used: 0 }
      if (limit < 0) return []
      const kept = reserved[quota] ?? 0
      // only what the cloud itself counts: a boot in flight may be in `used` already, and that doubt must not cost a VM
      const over = used - (limit - kept)
      const weight = ({ cores, memoryMb, volumeGb }: WorkerVm) =>
        needOf(cloud, { cores, ramMb: memoryMb, volumeGb })[quota] ?? 0
      const note = `${name} is over its quota: ${amountText(quota, used)} of ${limit}${kept > 0 ? `, ${kept} reserved` : ''}`
      return [{ note, over, weight }]
    }),
  ].filter(({ over }) => over > 0)
}

/** VMs on their way that no waiting job needs any more. */
export function notNeeded(vms: readonly WorkerVm[], unneeded: ReadonlySet<string>): Retirement[] {
  return vms
    .filter(({ id, state }) => unneeded.has(id) && state !== 'creating')
    .map(({ id, cloud, owner, vmType }) => ({
      vm: id,
      cloud,
      reason: 'NoDemand',
      note: `no idle job of ${owner} needs another VM of ${vmType} any more`,
    }))
}
