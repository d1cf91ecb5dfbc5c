import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { guestOf, jobsThatFit, requestOf } from '#domain/fleet/fit.ts'
import { planFleet } from '#domain/fleet/plan.ts'
import type { FleetCloud, FleetPlan, PlanInput, QuotaName, WorkerVm } from '#domain/fleet/types.ts'
import { anyWorld, withBoots } from './arbitrary.ts'
import { now } from './world.ts'

const runs = { numRuns: 400 }

/** Holds in every world. */
const always = (holds: (input: PlanInput, plan: FleetPlan) => void): void =>
  fc.assert(
    fc.property(anyWorld, (input) => holds(input, planFleet(input))),
    runs,
  )

const present = ({ state }: WorkerVm) => state !== 'gone'
const booting = ({ state }: WorkerVm) => ['requested', 'creating', 'building', 'booted'].includes(state)
/** Takes from the quota, and `used` does not know it. */
const unseen = ({ listed, state, reason }: WorkerVm) =>
  !listed && state !== 'gone' && (state !== 'deleting' || reason === 'CreateUnknown')
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

/** The world on one cloud after the boots; worked out afresh, by nothing that the plan uses. */
function after({ supply }: PlanInput, { boots }: FleetPlan, cloud: FleetCloud) {
  const vms = withBoots(supply, boots).filter((vm) => vm.cloud === cloud.name && present(vm))
  const coming: Record<string, number> = {
    cores: sum(vms.filter(unseen).map(({ cores }) => cores)),
    instances: vms.filter(unseen).length,
    ports: vms.filter(unseen).length,
  }
  return { vms, coming, cores: sum(vms.map(({ cores }) => cores)), booting: vms.filter(booting).length }
}

const bootsOn = ({ boots }: FleetPlan, { name }: FleetCloud) => boots.filter(({ cloud }) => cloud === name)

test('no boot takes a cloud over a quota or a cap', () =>
  always((input, plan) => {
    for (const cloud of input.clouds) {
      const boots = bootsOn(plan, cloud)
      if (boots.length === 0) continue
      const { vms, coming, cores, booting: underWay } = after(input, plan, cloud)
      const quotas = 'quotas' in cloud.observed ? cloud.observed.quotas : {}
      for (const [name, { limit, used }] of Object.entries(quotas)) {
        if (limit < 0) continue
        expect(used + (coming[name] ?? 0) + (cloud.reserved[name as QuotaName] ?? 0)).toBeLessThanOrEqual(limit)
      }
      const { strays = { vms: 0, cores: 0 } } = cloud
      expect(vms.length + strays.vms).toBeLessThanOrEqual(cloud.caps.vms ?? Infinity)
      expect(cores + strays.cores).toBeLessThanOrEqual(cloud.caps.cores ?? Infinity)
      expect(underWay).toBeLessThanOrEqual(cloud.caps.booting ?? Infinity)
      for (const { owner } of boots) {
        expect(vms.filter((vm) => vm.owner === owner).length).toBeLessThanOrEqual(cloud.caps.vmsPerUser ?? Infinity)
      }
    }
  }))

test('no boot on a cloud that is disabled or unknown, or for jobs that cannot run there', () =>
  always((input, plan) => {
    for (const boot of plan.boots) {
      const cloud = input.clouds.find(({ name }) => name === boot.cloud)
      expect(cloud).toMatchObject({ enabled: true, observed: { quotas: expect.anything() } })
      const group = input.demand.find(({ id }) => id === boot.group)
      expect(group).toMatchObject({ owner: boot.owner, vmType: boot.vmType })
      expect(group?.images[boot.cloud]).toBe(boot.image)
      expect(group?.flavors[boot.cloud]).toBe(boot.flavor.id)
      expect(input.matches?.[boot.group]?.[boot.cloud] ?? 'matches').toBe('matches')
    }
  }))

test('never more boots than the jobs need', () =>
  always((input, plan) => {
    for (const group of input.demand) {
      const request = requestOf(group)
      const needed = input.clouds.map((cloud) => {
        const image = group.images[cloud.name]
        const flavor = cloud.flavors[group.flavors[cloud.name] ?? '']
        return image === undefined || flavor === undefined
          ? 0
          : Math.ceil(group.count / Math.max(1, jobsThatFit(guestOf(cloud, flavor, image).resources, request)))
      })
      const booted = sum(plan.boots.filter((boot) => boot.group === group.id).map(({ count }) => count))
      expect(booted).toBeLessThanOrEqual(Math.max(0, ...needed))
    }
  }))

test('VMTypeLimit is kept', () =>
  always((input, plan) => {
    for (const { id, owner, vmType, vmTypeLimit } of input.demand) {
      if (vmTypeLimit === undefined || !plan.boots.some(({ group }) => group === id)) continue
      const own = input.supply.filter((vm) => vm.owner === owner && vm.vmType === vmType && present(vm)).length
      const booted = sum(plan.boots.filter(({ group }) => group === id).map(({ count }) => count))
      expect(own + booted).toBeLessThanOrEqual(vmTypeLimit)
    }
  }))

const limitless = anyWorld.map(({ demand, clouds, ...rest }): PlanInput => ({
  ...rest,
  breakers: {},
  demand: demand.map(({ vmTypeLimit: _limit, ...group }) => group),
  clouds: clouds.map((cloud) => ({ ...cloud, enabled: true, observed: { quotas: {} }, caps: {} })),
}))

test('with room for all, only jobs that can run nowhere wait', () => {
  fc.assert(
    fc.property(limitless, (input) => {
      const { verdicts } = planFleet(input)
      for (const { group, waiting } of verdicts.filter((each) => each.waiting > 0)) {
        const kinds = verdicts.filter((each) => each.group === group).map(({ verdict }) => verdict)
        expect(waiting).toBeGreaterThan(0)
        for (const kind of kinds) {
          expect(['not-targeted', 'image-missing', 'flavor-missing', 'never-matched', 'match-unknown']).toContain(kind)
        }
      }
    }),
    runs,
  )
})

test('jobs wait only where a further VM would be over a limit', () =>
  always((input, plan) => {
    for (const { group: id, cloud: name, verdict, waiting } of plan.verdicts) {
      if (waiting === 0 || !['quota', 'fair-share', 'cap', 'user-cap', 'rate-limited', 'type-limit'].includes(verdict))
        continue
      const cloud = input.clouds.find((each) => each.name === name)
      const group = input.demand.find((each) => each.id === id)
      const flavor = cloud?.flavors[group?.flavors[name] ?? '']
      if (cloud === undefined || group === undefined || flavor === undefined) throw new Error('a verdict on nothing')
      const { vms, coming, cores, booting: underWay } = after(input, plan, cloud)
      const quotas = 'quotas' in cloud.observed ? cloud.observed.quotas : {}
      const takes: Record<string, number> = { cores: flavor.vcpus, instances: 1, ports: 1 }
      const overQuota = Object.entries(quotas).some(
        ([each, { limit, used }]) =>
          limit >= 0 &&
          used + (coming[each] ?? 0) + (takes[each] ?? 0) + (cloud.reserved[each as QuotaName] ?? 0) > limit,
      )
      const { caps, strays = { vms: 0, cores: 0 } } = cloud
      const ofType = withBoots(input.supply, plan.boots).filter(
        (vm) => vm.owner === group.owner && vm.vmType === group.vmType && present(vm),
      )
      const overCap =
        vms.length + strays.vms + 1 > (caps.vms ?? Infinity) ||
        cores + strays.cores + flavor.vcpus > (caps.cores ?? Infinity) ||
        underWay + 1 > (caps.booting ?? Infinity) ||
        vms.filter(({ owner }) => owner === group.owner).length + 1 > (caps.vmsPerUser ?? Infinity) ||
        ofType.length + 1 > (group.vmTypeLimit ?? Infinity)
      expect(overQuota || overCap, `${id} on ${name}: ${verdict}`).toBe(true)
    }
  }))

test('fair: nobody gets a VM while one with a smaller share waits for the same room', () =>
  always((input, plan) => {
    const weight = (owner: string) => input.policy.weights[owner] ?? 1
    const cores = new Map<string, number>()
    const add = (owner: string, more: number) => cores.set(owner, (cores.get(owner) ?? 0) + more)
    const share = (owner: string) => (cores.get(owner) ?? 0) / weight(owner)
    for (const vm of input.supply.filter(present)) add(vm.owner, vm.cores)
    const final = new Map(cores)
    for (const { owner, flavor, count } of plan.boots) final.set(owner, (final.get(owner) ?? 0) + flavor.vcpus * count)

    for (const boot of plan.boots) {
      // these could have used the very room that this boot took: what blocks them at the end is that it is gone
      const rivals = plan.verdicts.filter(({ cloud, verdict, waiting, group }) => {
        const rival = input.demand.find(({ id }) => id === group)
        const size =
          input.clouds.find(({ name }) => name === cloud)?.flavors[rival?.flavors[cloud] ?? '']?.vcpus ?? Infinity
        return (
          waiting > 0 &&
          cloud === boot.cloud &&
          ['quota', 'fair-share', 'cap'].includes(verdict) &&
          size <= boot.flavor.vcpus
        )
      })
      for (let each = 0; each < boot.count; each++) {
        for (const { group } of rivals) {
          const rival = input.demand.find(({ id }) => id === group)?.owner ?? ''
          expect((final.get(rival) ?? 0) / weight(rival), `${rival} against ${boot.owner}`).toBeGreaterThanOrEqual(
            share(boot.owner),
          )
        }
        add(boot.owner, boot.flavor.vcpus)
      }
    }
  }))

test('one verdict for each group and cloud, with a reason and figures that agree', () =>
  always((input, plan) => {
    const pairs = input.demand.flatMap(({ id }) => input.clouds.map(({ name }) => `${id} ${name}`))
    expect(plan.verdicts.map(({ group, cloud }) => `${group} ${cloud}`).toSorted()).toEqual(pairs.toSorted())
    for (const { group, cloud, verdict, reason, count, jobs, waiting } of plan.verdicts) {
      expect(reason).toMatch(/^\S.*[^.\s]$/)
      expect(reason).not.toMatch(/undefined|NaN|Infinity|-\d/)
      const booted = sum(
        plan.boots.filter((boot) => boot.group === group && boot.cloud === cloud).map((boot) => boot.count),
      )
      expect(count).toBe(booted)
      expect(verdict === 'boots').toBe(booted > 0)
      expect(waiting).toBeLessThanOrEqual(verdict === 'enough' ? 0 : jobs)
    }
  }))

test('nothing is booted against an open breaker, and one VM at most where it is half-open', () =>
  always((input, plan) => {
    for (const { of, opened } of Object.values(plan.breakers)) {
      const boots = plan.boots.filter(({ cloud, flavor }) => cloud === of.cloud && flavor.id === of.flavor)
      const since = opened?.at ?? now
      const underWay = input.supply.filter(
        (vm) =>
          vm.cloud === of.cloud &&
          vm.flavor === of.flavor &&
          vm.bornAt > since &&
          vm.served !== true &&
          ['requested', 'creating', 'building', 'deleting'].includes(vm.state),
      )
      const most = (opened?.until ?? 0) > now || underWay.length > 0 ? 0 : 1
      expect(sum(boots.map(({ count }) => count))).toBeLessThanOrEqual(most)
      expect(boots.every(({ probe }) => probe)).toBe(true)
    }
  }))

test('planned again with the boots under way, nothing more is booted, and no boot is taken back', () =>
  always((input, plan) => {
    const again = planFleet({ ...input, supply: withBoots(input.supply, plan.boots), breakers: plan.breakers })
    expect(again.boots).toEqual([])
    expect(again.unmet).toBe(plan.unmet)
    expect(again.retirements.filter(({ vm }) => vm.startsWith('vm-new'))).toEqual([])
  }))

test('the order in which things are told does not matter', () => {
  const shuffled = anyWorld.chain((input) =>
    fc.tuple(
      fc.constant(input),
      fc.record({
        demand: fc.shuffledSubarray(input.demand, { minLength: input.demand.length }),
        supply: fc.shuffledSubarray(input.supply, { minLength: input.supply.length }),
        clouds: fc.shuffledSubarray(input.clouds, { minLength: input.clouds.length }),
      }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([input, otherwise]) => {
      expect(planFleet({ ...input, ...otherwise })).toEqual(planFleet(input))
    }),
    runs,
  )
})

test('retires only VMs without a job, each once, and never one that is being created', () =>
  always((input, { retirements }) => {
    expect(new Set(retirements.map(({ vm }) => vm)).size).toBe(retirements.length)
    for (const { vm, reason } of retirements) {
      const found = input.supply.find(({ id }) => id === vm)
      expect(found?.slots?.jobs ?? 0).toBe(0)
      expect(
        reason === 'NoDemand' ? ['requested', 'building', 'booted'] : ['requested', 'building', 'booted', 'serving'],
      ).toContain(found?.state)
    }
  }))

test('input and output survive JSON', () =>
  always((input, plan) => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(planFleet(JSON.parse(JSON.stringify(input)) as PlanInput)).toEqual(plan)
  }))
