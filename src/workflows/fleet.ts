import {
  allHandlersFinished,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow'
import type { StandingActivities } from '#activities/standing/activities.ts'
import type { FleetActivities, PlanResult } from '#activities/fleet/activities.ts'
import {
  fleetView,
  setCloud,
  setCloudUpdate,
  summary,
  vmEnded,
  type CloudControl,
  type FleetInput,
  type FleetView,
  type StartedVm,
  type VmOutcome,
} from '#contract/fleet.ts'
import * as retries from './retries.ts'

const { planPass } = proxyActivities<FleetActivities>(retries.planning)
const { startVms, retireVms } = proxyActivities<FleetActivities>(retries.patient)
const { recallFleet } = proxyActivities<StandingActivities>(retries.patient)

/** While demand is unmet, boots are in flight or a breaker waits for its probe, the fleet looks again by itself. */
const lookAgainMs = 10_000
/** Starts that lists must show by then; a start that they never show did not happen. */
const forgetStartAfterMs = 60_000
const rememberedEnds = 2_000

/**
 * The only place that decides to boot or to retire worker VMs of a pool. Woken by summaries of the watches and by new
 * submissions; an idle fleet sleeps without a timer and writes no history.
 */
export async function fleet(input: FleetInput): Promise<never> {
  const state = new Fleet(input)
  if (input.controls === undefined) await state.recall()
  for (;;) {
    await state.wake()
    const plan = await state.plan()
    await state.apply(plan)
    if (workflowInfo().continueAsNewSuggested) await state.continue()
  }
}

class Fleet {
  readonly #input: FleetInput
  #controls: FleetView['controls']
  #breakers: unknown
  #recent: StartedVm[]
  #ended: string[]
  #outcomes: VmOutcome[] = []
  #woken = true
  #unsettled = false
  /** The next plan is made no earlier, however often the fleet is woken; and no later than its pause, should the clock be set back. */
  #notBefore = 0
  #pauseMs = 0
  #lastPlan: FleetView['lastPlan']

  constructor(input: FleetInput) {
    this.#input = input
    this.#controls = input.controls ?? {}
    this.#breakers = input.breakers
    this.#recent = input.recent ?? []
    this.#ended = input.ended ?? []
    setHandler(summary, () => void (this.#woken = true))
    setHandler(vmEnded, (outcome) => this.#count(outcome))
    setHandler(fleetView, () => this.#view())
    setHandler(setCloud, (decision) => void this.#decide(decision))
    setHandler(setCloudUpdate, (decision) => this.#decide(decision))
  }

  /** A fleet that was ended from outside had decisions of operators, which must not be lost with it. */
  async recall(): Promise<void> {
    const { controls, breakers, recent = [] } = await recallFleet({ pool: this.#input.pool })
    // what was said since is newer
    this.#controls = { ...controls, ...this.#controls }
    this.#breakers ??= breakers
    this.#recent = [...recent, ...this.#recent]
  }

  /** Sleeps until something happened; with a timer only while the last plan left something open. */
  async wake(): Promise<void> {
    const woken = () => this.#woken || this.#outcomes.length > 0
    if (this.#unsettled) await condition(woken, lookAgainMs)
    else await condition(woken)
    const early = this.#notBefore - Date.now()
    if (early > 0) await sleep(Math.min(early, this.#pauseMs))
  }

  async plan(): Promise<PlanResult> {
    this.#woken = false
    const outcomes = this.#outcomes.splice(0)
    const plan = await planPass({
      pool: this.#input.pool,
      controls: this.#controls,
      breakers: this.#breakers,
      recent: this.#recent,
      now: Date.now(),
      outcomes,
    })
    this.#pauseMs = plan.pauseMs
    this.#notBefore = Date.now() + plan.pauseMs
    this.#breakers = plan.breakers
    this.#unsettled = plan.unsettled
    this.#lastPlan = {
      at: Date.now(),
      boots: plan.boots.length,
      retirements: plan.retirements.length,
      unmet: plan.unmet,
      verdicts: plan.verdicts,
    }
    const old = Date.now() - forgetStartAfterMs
    this.#recent = this.#recent.filter(({ vm, at }) => at > old && !plan.listed.includes(vm))
    setCurrentDetails(plan.details)
    return plan
  }

  /** The ids are minted here, so that a repeated start is the same start. */
  async apply({ boots, retirements }: PlanResult): Promise<void> {
    if (boots.length > 0) {
      const started = boots.map((order) => ({
        vm: `${this.#input.pool}-${order.cloud}-${uuid4().replaceAll('-', '').slice(0, 16)}`,
        order,
        at: Date.now(),
      }))
      this.#recent.push(...started)
      log.info('booting', { vms: started.map(({ vm }) => vm) })
      await startVms(started)
      // however long that took: from now on lists will show them soon
      const names = new Set(started.map(({ vm }) => vm))
      this.#recent = this.#recent.map((one) => (names.has(one.vm) ? { ...one, at: Date.now() } : one))
    }
    if (retirements.length > 0) await retireVms(retirements)
  }

  /** Nothing that was told may be lost between two runs: the queue is drained and the handlers have finished. */
  async continue(): Promise<void> {
    await condition(allHandlersFinished)
    if (this.#outcomes.length > 0) return
    await continueAsNew<typeof fleet>({
      ...this.#input,
      controls: this.#controls,
      breakers: this.#breakers,
      recent: this.#recent,
      ended: this.#ended,
    })
  }

  #decide({ cloud, control }: { cloud: string; control: CloudControl }): CloudControl {
    this.#controls[cloud] = control
    this.#woken = true
    return control
  }

  #count(outcome: VmOutcome): void {
    if (this.#ended.includes(outcome.vm)) return
    this.#ended = [...this.#ended.slice(-rememberedEnds), outcome.vm]
    this.#recent = this.#recent.filter(({ vm }) => vm !== outcome.vm)
    this.#outcomes.push(outcome)
    this.#woken = true
  }

  #view(): FleetView {
    return {
      controls: this.#controls,
      recent: this.#recent,
      breakers: this.#breakers,
      ...(this.#lastPlan === undefined ? {} : { lastPlan: this.#lastPlan }),
    }
  }
}
