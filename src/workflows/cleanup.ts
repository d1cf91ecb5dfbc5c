import {
  ActivityFailure,
  proxyActivities,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { AlarmActivities } from '#activities/alarm/activities.ts'
import type { CleanupActivities } from '#activities/cleanup/activities.ts'
import { stateOf, type CleanupInput, type CleanupReport, type Deed } from '#contract/cleanup.ts'
import { cloudQueue } from '#contract/queues.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import { confirmed, type Comparison, type Finding } from '#domain/cleanup/findings.ts'
import { describeCleanup } from './describe-cleanup.ts'
import * as retries from './retries.ts'

const { raiseAlarm } = proxyActivities<AlarmActivities>(retries.patient)

/**
 * One pass over one cloud: what exists there, in the pool and in our records is compared, and what both of two looks found is
 * mended. The result is the audit: each deed with its evidence.
 */
export async function cleanup(input: CleanupInput): Promise<CleanupReport> {
  const pass = new Pass(input)
  const seen = await pass.look()
  const report = typeof seen === 'string' ? pass.report({ unknown: seen }) : await pass.mend(seen)
  setCurrentDetails(describeCleanup(report))
  upsertSearchAttributes([{ key: searchAttributes.state, value: stateOf(report) }])
  return report
}

class Pass {
  readonly #input: CleanupInput
  readonly #at = Date.now()
  readonly #looks: CleanupActivities
  readonly #deeds: CleanupActivities

  constructor(input: CleanupInput) {
    this.#input = input
    const taskQueue = cloudQueue(input.pool, input.cloud)
    this.#looks = proxyActivities<CleanupActivities>({ ...retries.beforeAnything, taskQueue })
    this.#deeds = proxyActivities<CleanupActivities>({ ...retries.mending, taskQueue })
  }

  report(known: Partial<CleanupReport>): CleanupReport {
    const { cloud, by } = this.#input
    return { cloud, by, at: this.#at, findings: [], deeds: [], ...known }
  }

  /** What two looks agree on; or why nothing is known, which is no reason to do anything. */
  async look(): Promise<Comparison | string> {
    try {
      const first = await this.#compare()
      if (first.findings.length === 0) return first
      await sleep(this.#input.confirmMs)
      return confirmed(first, await this.#compare())
    } catch (error) {
      return noteOf(error)
    }
  }

  #compare(): Promise<Comparison> {
    return this.#looks.compareCloud({ cloud: this.#input.cloud, at: Date.now() })
  }

  async mend(seen: Comparison): Promise<CleanupReport> {
    const { plan = false, acceptLoss = false, cloud } = this.#input
    if (plan) return this.report(seen)
    const todo = seen.findings.filter(
      ({ kind }) => kind !== 'unproven' && (kind !== 'lost' || acceptLoss || seen.frozen === undefined),
    )
    const deeds: Deed[] = []
    for (const finding of todo) deeds.push(await this.#do(finding))
    const report = this.report({ ...seen, deeds })
    if (seen.frozen !== undefined && !acceptLoss) {
      const { missing, of } = seen.frozen
      await raiseAlarm({ alarm: 'TooManyVanished', subject: cloud, note: `${missing} of ${of} VMs have no server` })
    }
    const unproven = seen.findings.filter(({ kind }) => kind === 'unproven')
    if (unproven.length > 0) {
      const note = unproven.map(({ vm, because }) => `${vm}: ${because}`).join('; ')
      await raiseAlarm({ alarm: 'Unproven', subject: cloud, note })
    }
    return report
  }

  async #do(finding: Finding): Promise<Deed> {
    try {
      return await this.#deeds.mend({ cloud: this.#input.cloud, finding })
    } catch (error) {
      const note = noteOf(error)
      if (finding.kind === 'remove') await raiseAlarm({ alarm: 'DeleteStuck', subject: finding.vm, note })
      return { finding, outcome: 'failed', note, at: Date.now() }
    }
  }
}

function noteOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
