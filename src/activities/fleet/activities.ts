import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import type { StartedVm, VmOutcome } from '#contract/fleet.ts'
import type { PlanPreview } from '#contract/preview.ts'
import type { VmOrder } from '#contract/vm-lifecycle.ts'
import { recordOutcome, type Breakers } from '#domain/fleet/breakers.ts'
import { planFleet } from '#domain/fleet/plan.ts'
import type { Boot, FleetPlan } from '#domain/fleet/types.ts'
import { describePlan } from './describe-plan.ts'
import { previewOf } from './preview.ts'
import { PlanReader, type PlanRequest } from './plan-input.ts'
import { retireVms, type Retirement } from './retire-vms.ts'
import { startVms } from './start-vms.ts'

export interface PassRequest extends PlanRequest {
  outcomes: VmOutcome[]
}

/** However long a plan took, the next one is made after this at the latest, ms. */
const longestPause = 30_000

/** What the fleet keeps of a plan: small, whatever the plan's size. */
export interface PlanResult {
  boots: VmOrder[]
  retirements: Retirement[]
  breakers: unknown
  /** Idle jobs that nothing will take. */
  unmet: number
  /** Whether to look again without being woken. */
  unsettled: boolean
  /** VMs that the lists of workflows show by now. */
  listed: string[]
  /** Where the verdicts are, and their digest. */
  verdicts: string
  /** For the operator's screen. */
  details: string
  /** How long to wait before the next plan, ms. */
  pauseMs: number
}

export type FleetActivities = ReturnType<typeof createFleetActivities>

export function createFleetActivities(deps: Deps) {
  const reader = new PlanReader(deps)
  const { config } = deps
  return {
    /**
     * One pass: what to boot and to retire, decided by a pure function over what was read. It is tried for ever, for the fleet
     * must never fail: what operators have decided lives in it.
     */
    async planPass(request: PassRequest): Promise<PlanResult> {
      return untilDone(async () => {
        const began = performance.now()
        const { input, listed, projects } = await reader.read(request, Context.current().cancellationSignal)
        const breakers = request.outcomes.reduce(
          (state, outcome) => learn(state, outcome, input.now, deps),
          input.breakers,
        )
        const plan = planFleet({ ...input, breakers })
        return {
          boots: plan.boots.flatMap((boot) => ordersOf(boot, projects[boot.cloud], config)),
          retirements: plan.retirements.map(({ vm, reason, note }) => ({ vm, reason, note })),
          breakers: plan.breakers,
          unmet: plan.unmet,
          unsettled: plan.unsettled,
          listed: request.recent.filter(({ vm }) => listed.some((one) => one.vm === vm)).map(({ vm }) => vm),
          verdicts: await keepVerdicts(config.stateFolder, plan),
          details: describePlan(plan),
          // a large queue takes long to read: at most half of the time is spent on it
          pauseMs: Math.max(config.policy.planInterval, Math.min(longestPause, performance.now() - began)),
        }
      })
    },

    /** The same, to be looked at and not applied. */
    async previewPlan(request: PlanRequest): Promise<PlanPreview> {
      const { input } = await reader.read(request, Context.current().cancellationSignal)
      return previewOf(input, planFleet(input))
    },

    startVms: (started: StartedVm[]): Promise<void> => untilDone(() => startVms(deps.client, config, started)),

    retireVms: (retirements: Retirement[]): Promise<void> =>
      untilDone(() => retireVms(deps.client, retirements, Date.now())),
  }
}

function learn(
  breakers: Breakers,
  { order, reason, served, bornAt, note }: VmOutcome,
  now: number,
  { config }: Deps,
): Breakers {
  const zone = config.clouds.find(({ name }) => name === order.cloud)?.availabilityZone
  const target = { cloud: order.cloud, zone, image: order.image.id, flavor: order.flavor.id, shape: order.shape }
  return recordOutcome(breakers, { ...target, reason, served, bornAt, note }, now)
}

/** One order for each VM. Without the project's id nothing can be booted, and the plan had no limits to boot by. */
function ordersOf(boot: Boot, batchProject: string | undefined, config: Deps['config']): VmOrder[] {
  if (batchProject === undefined) return []
  const { id, name, vcpus, ramMb, ephemeralGb } = boot.flavor
  const [project = ''] = boot.vmType.split(':')
  const minutes = boot.keepaliveMinutes
  const keepaliveMs = Math.min(
    minutes === undefined ? config.keepalive.default : minutes * 60_000,
    config.keepalive.cap,
  )
  const type = config.clouds.find((cloud) => cloud.name === boot.cloud)?.bootVolume?.type
  const { volumeGb: sizeGb } = boot
  const order: VmOrder = {
    cloud: boot.cloud,
    tenant: boot.owner,
    project,
    batchProject,
    vmType: boot.vmType,
    image: { id: boot.image, name: boot.vmType.slice(project.length + 1) },
    flavor: { id, name, cores: vcpus, ramMb, ephemeralGb },
    ...(sizeGb === undefined ? {} : { bootVolume: { sizeGb, ...(type === undefined ? {} : { type }) } }),
    keepaliveMs,
    group: boot.group,
    shape: boot.shape,
  }
  return Array.from({ length: boot.count }, () => order)
}

/** Verdicts can be many: they stay beside the worker process, and the history holds where. A full disk stops no boot. */
async function keepVerdicts(folder: string, plan: FleetPlan): Promise<string> {
  const text = JSON.stringify(plan.verdicts)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = join(folder, 'verdicts.json')
  const unfinished = `${file}.${process.pid}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(unfinished, text)
    await rename(unfinished, file)
    return `${file}#${digest}`
  } catch (error) {
    Context.current().log.warn('the verdicts of this plan are not kept', { folder, error })
    await rm(unfinished, { force: true }).catch(() => undefined)
    return `not kept: ${error instanceof Error ? error.message : String(error)}`
  }
}
