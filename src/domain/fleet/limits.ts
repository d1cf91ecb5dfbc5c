import { quotaNames, type Amounts, type FleetCloud, type Quota, type QuotaName, type WorkerVm } from './types.ts'

/** What stands in the way of one more VM. */
export type Shortage =
  | { kind: 'quota'; quota: QuotaName; wants: number; limit: number; used: number; coming: number; reserved: number }
  | { kind: 'cap'; what: 'vms' | 'cores'; wants: number; cap: number; ours: number }
  | { kind: 'user-cap'; cap: number; ours: number }
  | { kind: 'booting'; cap: number; ours: number }

/** States of VMs that are not yet in the pool. */
export const onTheirWay: ReadonlySet<WorkerVm['state']> = new Set(['requested', 'creating', 'building', 'booted'])

/** What a VM takes from a cloud's quotas. */
export function needOf(
  cloud: Pick<FleetCloud, 'perVm'>,
  { cores, ramMb, volumeGb }: { cores: number; ramMb: number; volumeGb?: number | undefined },
): Amounts {
  const volume = volumeGb === undefined ? {} : { volumes: 1, volumeGb }
  return { ports: 1, ...cloud.perVm, ...volume, instances: 1, cores, ramMb }
}

/**
 * Whether a VM takes from the quota although `used` does not tell so. A server that is being deleted and no longer listed
 * has given its part back, except one whose creation was never answered: it may still appear.
 */
export const takesUnseen = ({ listed, state, reason }: WorkerVm): boolean =>
  !listed && state !== 'gone' && (state !== 'deleting' || reason === 'CreateUnknown')

/** Why no VM of that need could be booted there even if no server were; undefined if one could. */
export function neverFits(
  { observed, ...cloud }: Pick<FleetCloud, 'observed' | 'caps' | 'reserved'>,
  need: Amounts,
): Shortage | undefined {
  const quotas = 'quotas' in observed ? observed.quotas : {}
  const empty = Object.fromEntries(Object.entries(quotas).map(([name, quota]) => [name, { ...quota, used: 0 }]))
  return new Room({ ...cloud, observed: { quotas: empty } }, []).shortage('', need)
}

const timesIn = (left: number, each: number): number => (each > 0 ? Math.floor(left / each) : Infinity)

type RoomOf = Pick<FleetCloud, 'observed' | 'caps' | 'reserved' | 'strays' | 'perVm'>

/** The room on one cloud; boots that are decided take from it. */
export class Room {
  readonly #cloud: RoomOf
  readonly #quotas: Partial<Record<QuotaName, Quota>>
  /** Taken, but not in `used` yet: boots in flight, and those of this pass. */
  readonly #coming: Amounts = {}
  readonly #vmsOf = new Map<string, number>()
  #vms: number
  #cores: number
  #booting = 0

  constructor(cloud: RoomOf, vms: readonly WorkerVm[]) {
    this.#cloud = cloud
    this.#vms = cloud.strays?.vms ?? 0
    this.#cores = cloud.strays?.cores ?? 0
    this.#quotas = 'quotas' in cloud.observed ? cloud.observed.quotas : {}
    for (const vm of vms) {
      if (vm.state === 'gone') continue
      this.#count(vm.owner, vm.cores)
      if (onTheirWay.has(vm.state)) this.#booting += 1
      if (takesUnseen(vm)) this.#come(needOf(cloud, { cores: vm.cores, ramMb: vm.memoryMb, volumeGb: vm.volumeGb }))
    }
  }

  get booting(): number {
    return this.#booting
  }

  take(owner: string, need: Amounts): void {
    this.#count(owner, need.cores ?? 0)
    this.#come(need)
    this.#booting += 1
  }

  /** Why a VM of the owner that needs so much cannot be booted now; the reason that holds longest first. */
  shortage(owner: string, need: Amounts): Shortage | undefined {
    const { caps } = this.#cloud
    const cores = need.cores ?? 0
    const own = this.#vmsOf.get(owner) ?? 0
    if (caps.vmsPerUser !== undefined && own + 1 > caps.vmsPerUser) {
      return { kind: 'user-cap', cap: caps.vmsPerUser, ours: own }
    }
    if (caps.vms !== undefined && this.#vms + 1 > caps.vms) {
      return { kind: 'cap', what: 'vms', wants: 1, cap: caps.vms, ours: this.#vms }
    }
    if (caps.cores !== undefined && this.#cores + cores > caps.cores) {
      return { kind: 'cap', what: 'cores', wants: cores, cap: caps.cores, ours: this.#cores }
    }
    const short = quotaNames.find((name) => (need[name] ?? 0) > 0 && this.#left(name) < (need[name] ?? 0))
    if (short !== undefined) return { kind: 'quota', wants: need[short] ?? 0, ...this.#account(short) }
    if (caps.booting !== undefined && this.#booting + 1 > caps.booting) {
      return { kind: 'booting', cap: caps.booting, ours: this.#booting }
    }
    return undefined
  }

  /** How many more VMs of that need the quotas and caps leave room for. */
  headroom(need: Amounts): number {
    const { caps } = this.#cloud
    return Math.min(
      (caps.vms ?? Infinity) - this.#vms,
      timesIn((caps.cores ?? Infinity) - this.#cores, need.cores ?? 0),
      ...quotaNames.map((name) => timesIn(this.#left(name), need[name] ?? 0)),
    )
  }

  #left(name: QuotaName): number {
    const { limit, used, coming, reserved } = this.#account(name)
    return limit < 0 ? Infinity : limit - used - coming - reserved
  }

  #account(quota: QuotaName) {
    const { limit, used } = this.#quotas[quota] ?? { limit: -1, used: 0 }
    return { quota, limit, used, coming: this.#coming[quota] ?? 0, reserved: this.#cloud.reserved[quota] ?? 0 }
  }

  #count(owner: string, cores: number): void {
    this.#vms += 1
    this.#cores += cores
    this.#vmsOf.set(owner, (this.#vmsOf.get(owner) ?? 0) + 1)
  }

  #come(need: Amounts): void {
    for (const name of quotaNames) this.#coming[name] = (this.#coming[name] ?? 0) + (need[name] ?? 0)
  }
}
