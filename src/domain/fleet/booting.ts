import { breakerAllows, breakerState, openBreakers, type Breakers, type BootTarget } from './breakers.ts'
import type { Shares } from './fairness.ts'
import { compareText, fill, type GroupState } from './group-state.ts'
import type { Room } from './limits.ts'
import type { Bootable, Option } from './options.ts'
import type { PoolUsers } from './supply.ts'
import type { Boot, FleetCloud, WorkerVm } from './types.ts'
import type { Block } from './verdicts.ts'

/** An option on which a VM could be booted, if there is room. */
export interface OpenOption extends Option {
  pool: string
  boot: Bootable
}

export const isOpen = (option: Option): option is OpenOption => option.pool !== undefined && option.boot !== undefined

export interface BootingInput {
  rooms: ReadonlyMap<string, Room>
  shares: Shares
  users: PoolUsers
  vms: readonly WorkerVm[]
  breakers: Breakers
  /** VMs under way by breaker key; boots add to it. */
  probes: Map<string, number>
  bootsPerPass: number
  now: number
}

/** Decides one boot after the other, each for whom has least, until nothing more may be booted. */
export class Booting {
  readonly boots: Boot[] = []
  readonly #input: BootingInput
  readonly #vmsOfType = new Map<string, number>()
  readonly #ownersOn = new Map<string, Set<string>>()
  #count = 0

  constructor(input: BootingInput) {
    this.#input = input
    for (const vm of input.vms) if (vm.state !== 'gone') this.#countType(vm)
  }

  /** @param states in order of priority */
  run(states: readonly GroupState[]): void {
    const waiting = [...Map.groupBy(states, ({ group }) => group.owner)].toSorted(([a], [b]) => compareText(a, b))
    const queues = new Map(waiting)
    for (;;) {
      const owner = this.#input.shares.least(queues.keys())
      if (owner === undefined) return
      const queue = queues.get(owner) ?? []
      // room only shrinks within a pass: who cannot be served now is not asked again
      while (queue[0] !== undefined && !this.#serve(queue[0])) queue.shift()
      if (queue.length === 0) queues.delete(owner)
    }
  }

  /** What keeps the group from one more VM there; what it could change itself first, what time changes last. */
  blockOf({ group, shape }: GroupState, { cloud, boot }: OpenOption): Block | undefined {
    const { breakers, now, probes, rooms, bootsPerPass } = this.#input
    const answer = breakerAllows(breakers, targetOf(cloud, boot, shape), now, probes)
    if (!answer.allows) return { kind: 'breaker', breaker: answer.breaker, probing: answer.probing }
    const ours = this.#vmsOfType.get(typeKey(group)) ?? 0
    if (group.vmTypeLimit !== undefined && ours >= group.vmTypeLimit) {
      return { kind: 'type-limit', limit: group.vmTypeLimit, ours }
    }
    const shortage = rooms.get(cloud.name)?.shortage(group.owner, boot.need)
    if (shortage !== undefined) return shortage
    return this.#count >= bootsPerPass ? { kind: 'pass', limit: bootsPerPass } : undefined
  }

  /** Owners for whom a VM was booted on the cloud in this pass. */
  ownersOn(cloud: string): ReadonlySet<string> {
    return this.#ownersOn.get(cloud) ?? new Set()
  }

  /** Boots one VM for the group on the best of its clouds; false if it needs none or none may be booted. */
  #serve(state: GroupState): boolean {
    if (state.unmet === 0) return false
    const best = state.options
      .filter(isOpen)
      .filter((option) => this.blockOf(state, option) === undefined)
      .map((option) => ({
        option,
        headroom: this.#input.rooms.get(option.cloud.name)?.headroom(option.boot.need) ?? 0,
      }))
      .reduce<Candidate | undefined>((old, next) => (old === undefined || better(next, old) ? next : old), undefined)
    if (best === undefined) return false
    this.#boot(state, best.option)
    return true
  }

  #boot(state: GroupState, { cloud, boot, pool }: OpenOption): void {
    const { group, shape } = state
    const { rooms, shares, users, breakers, probes, now } = this.#input
    const target = targetOf(cloud, boot, shape)
    const open = openBreakers(breakers, target)
    for (const [key] of open) probes.set(key, (probes.get(key) ?? 0) + 1)
    rooms.get(cloud.name)?.take(group.owner, boot.need)
    shares.add(group.owner, boot.flavor.vcpus)
    this.#countType(group)
    this.#ownersOn.set(cloud.name, new Set([...this.ownersOn(cloud.name), group.owner]))
    this.#count += 1
    state.boots.set(cloud.name, (state.boots.get(cloud.name) ?? 0) + 1)
    let free = fill(state, boot.guest, 'boots')
    for (const other of users.get(pool) ?? []) free = fill(other, free, 'boots')
    this.#record(
      state,
      cloud,
      boot,
      open.some(([, breaker]) => breakerState(breaker, now) === 'half-open'),
    )
  }

  #record(
    { group, shape }: GroupState,
    cloud: FleetCloud,
    { image, flavor, volumeGb }: Bootable,
    probe: boolean,
  ): void {
    const last = this.boots.at(-1)
    if (last?.group === group.id && last.cloud === cloud.name) {
      last.count += 1
      return
    }
    this.boots.push({
      cloud: cloud.name,
      owner: group.owner,
      vmType: group.vmType,
      image,
      flavor,
      ...(volumeGb === undefined ? {} : { volumeGb }),
      group: group.id,
      shape,
      ...(group.keepaliveMinutes === undefined ? {} : { keepaliveMinutes: group.keepaliveMinutes }),
      count: 1,
      probe,
    })
  }

  #countType(vm: { owner: string; vmType: string }): void {
    this.#vmsOfType.set(typeKey(vm), (this.#vmsOfType.get(typeKey(vm)) ?? 0) + 1)
  }
}

interface Candidate {
  option: OpenOption
  headroom: number
}

/** Clouds by priority, then by how much room is left, then by name. */
function better(a: Candidate, b: Candidate): boolean {
  const [x, y] = [a.option.cloud, b.option.cloud]
  if (x.priority !== y.priority) return x.priority > y.priority
  if (a.headroom !== b.headroom) return a.headroom > b.headroom
  return x.name < y.name
}

const typeKey = ({ owner, vmType }: { owner: string; vmType: string }): string => `${owner}|${vmType}`

const targetOf = ({ name, zone }: FleetCloud, { image, flavor }: Bootable, shape: string): BootTarget => ({
  cloud: name,
  zone,
  image,
  flavor: flavor.id,
  shape,
})
