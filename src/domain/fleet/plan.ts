import { closeProved, probesUnderWay } from './breaker-supply.ts'
import { Booting, isOpen, type OpenOption } from './booting.ts'
import { explain } from './explain.ts'
import { Shares } from './fairness.ts'
import { byPriority, compareText, groupState, type GroupState } from './group-state.ts'
import { onTheirWay, Room } from './limits.ts'
import { optionOf } from './options.ts'
import { notNeeded, shrink } from './retirements.ts'
import { assignSupply, poolUsers } from './supply.ts'
import type { FleetCloud, FleetPlan, PlanInput, Retirement, Verdict, VerdictKind, WorkerVm } from './types.ts'

/**
 * What to boot and what to retire, and why: the whole decision of one pass. Depends on nothing but its input, and not on the
 * order in which groups, VMs and clouds are given. To be sent again with the boots as supply, it answers with no boots.
 */
export function planFleet(input: PlanInput): FleetPlan {
  const { policy, now } = input
  const clouds = input.clouds.toSorted((a, b) => compareText(a.name, b.name))
  const cloudOf = new Map(clouds.map((cloud) => [cloud.name, cloud]))
  const vms = input.supply.filter(({ state }) => state !== 'gone').toSorted((a, b) => compareText(a.id, b.id))
  const vmsOn = Map.groupBy(vms, ({ cloud }) => cloud)
  const zoneOf = (cloud: string) => cloudOf.get(cloud)?.zone
  const breakers = closeProved(input.breakers, vms, zoneOf)

  const shrinking = clouds.flatMap((cloud) => shrink(cloud, vmsOn.get(cloud.name) ?? []))
  const states = groupStates(input, clouds)
  const users = poolUsers(states)
  const unneeded = assignSupply(states, without(vms, shrinking), cloudOf, { users, patienceMs: policy.patienceMs, now })

  const rooms = new Map(clouds.map((cloud) => [cloud.name, new Room(cloud, vmsOn.get(cloud.name) ?? [])]))
  const shares = new Shares(vms, policy.weights)
  const probes = probesUnderWay(breakers, vms, zoneOf)
  const booting = new Booting({ rooms, shares, users, vms, breakers, probes, bootsPerPass: policy.bootsPerPass, now })
  const hadRoom = roomBefore(states, rooms)
  booting.run(states)

  const explaining = { booting, boots: booting.boots, shares, hadRoom, now }
  const verdicts = states.flatMap((state) => state.options.map((option) => explain(state, option, explaining)))
  const idleBoots = input.demandComplete === false ? [] : notNeeded(vms, unneeded)
  return {
    boots: booting.boots,
    retirements: [...shrinking, ...idleBoots].slice(0, policy.retirementsPerPass),
    verdicts,
    breakers,
    unmet: states.reduce((sum, { unmet }) => sum + unmet, 0),
    unsettled: vms.some(({ state }) => onTheirWay.has(state)) || verdicts.some(mayChange),
  }
}

function groupStates({ demand, matches }: PlanInput, clouds: readonly FleetCloud[]): GroupState[] {
  return demand
    .map((group) =>
      groupState(
        group,
        clouds.map((cloud) => optionOf(group, cloud, matches?.[group.id]?.[cloud.name])),
      ),
    )
    .toSorted(byPriority)
}

function without(vms: readonly WorkerVm[], retirements: readonly Retirement[]): WorkerVm[] {
  const retired = new Set(retirements.map(({ vm }) => vm))
  return vms.filter(({ id }) => !retired.has(id))
}

/** Which groups have room where, asked before the pass takes any of it. */
function roomBefore(states: readonly GroupState[], rooms: ReadonlyMap<string, Room>) {
  const had = new Map(
    states.map((state) => {
      const open = state.unmet > 0 ? state.options.filter(isOpen) : []
      const roomy = open.filter(
        ({ cloud, boot }) => rooms.get(cloud.name)?.shortage(state.group.owner, boot.need) === undefined,
      )
      return [state, new Set(roomy.map(({ cloud }) => cloud.name))]
    }),
  )
  return (state: GroupState, { cloud }: OpenOption): boolean => had.get(state)?.has(cloud.name) ?? false
}

/** Verdicts that the clock, or the world without our being told, may overturn. */
const passing: ReadonlySet<VerdictKind> = new Set([
  'boots',
  'unknown-limits',
  'match-unknown',
  'breaker-open',
  'quota',
  'fair-share',
  'rate-limited',
])

/** `enough` stands only as long as the VMs do take the jobs: see `patienceMs`. */
const mayChange = ({ verdict, jobs }: Verdict): boolean => passing.has(verdict) || (verdict === 'enough' && jobs > 0)
