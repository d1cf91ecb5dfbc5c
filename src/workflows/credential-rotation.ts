import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  TimeoutFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { AlarmActivities } from '#activities/alarm/activities.ts'
import type { RotationActivities } from '#activities/rotation/activities.ts'
import {
  rotationView,
  type CredentialRotationInput,
  type CredentialRotationResult,
  type CredentialRotationView,
  type MadeCredential,
} from '#contract/credential-rotation.ts'
import { cloudQueue } from '#contract/queues.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import { credentialName } from '#domain/rotation/mark.ts'
import * as retries from './retries.ts'

const { raiseAlarm } = proxyActivities<AlarmActivities>(retries.patient)

/**
 * Another credential for the batch project of a cloud: made, proved, written into clouds.yaml, used by the worker process; and only then,
 * after a grace, is the older one deleted. Wherever it ends, clouds.yaml has one that works.
 */
export async function credentialRotation(input: CredentialRotationInput): Promise<CredentialRotationResult> {
  const own = new Rotation(input)
  try {
    await own.prepare()
    const made = await own.make()
    await own.takeOver(made)
    return await own.retire(made)
  } catch (error) {
    if (!isCancellation(error)) await own.fail(error)
    throw error
  } finally {
    await CancellationScope.nonCancellable(() => own.forgetOwner())
  }
}

class Rotation {
  #view: CredentialRotationView = { state: 'preparing' }
  readonly #input: CredentialRotationInput
  readonly #taskQueue: string

  constructor(input: CredentialRotationInput) {
    this.#input = input
    this.#taskQueue = cloudQueue(input.pool, input.cloud)
    setHandler(rotationView, () => this.#view)
    this.#tell({})
  }

  async prepare(): Promise<void> {
    await this.#steps(retries.beforeAnything).prepareRotation(this.#input)
  }

  async make(): Promise<MadeCredential> {
    this.#tell({ state: 'making' })
    const { startTime, firstExecutionRunId } = workflowInfo()
    const begun = startTime.getTime()
    const made = await this.#steps(retries.patient).makeCredential({
      input: this.#input,
      name: credentialName(this.#input.cloud, begun, firstExecutionRunId),
      made: begun,
      expires: begun + this.#input.lifetimeMs,
    })
    this.#tell({ state: 'taking-over', made })
    return made
  }

  /** However long the cloud is away: both are valid meanwhile. */
  async takeOver({ id }: MadeCredential): Promise<void> {
    const { cloud, useMs } = this.#input
    try {
      await this.#steps({ ...retries.awaiting, scheduleToCloseTimeout: useMs }).untilUsed({ cloud, id })
    } catch (error) {
      if (!(error instanceof ActivityFailure && error.cause instanceof TimeoutFailure)) throw error
      const note =
        'the worker process has not looked at the cloud with the new credential yet; the older one stays until it has'
      await raiseAlarm({ alarm: 'RotationStuck', subject: cloud, note })
      await this.#steps(retries.awaiting).untilUsed({ cloud, id })
    }
  }

  async retire(made: MadeCredential): Promise<CredentialRotationResult> {
    const { cloud, by, graceMs } = this.#input
    // what began with the older one may still be at work, and its tokens end with it
    this.#tell({ state: 'grace', retiresAt: Date.now() + graceMs })
    await sleep(graceMs)
    this.#tell({ state: 'retiring' })
    const retired = await this.#steps(retries.patient).retireCredentials({ input: this.#input, made })
    this.#tell({ state: 'rotated' })
    return { cloud, by, made, ...retired }
  }

  async fail(error: unknown): Promise<void> {
    const { cloud } = this.#input
    const cause = error instanceof ActivityFailure ? error.cause : error
    const note = cause instanceof Error ? cause.message : String(cause)
    upsertSearchAttributes([{ key: searchAttributes.state, value: 'failed' }])
    setCurrentDetails(`${this.#sentence()}; **failed**: ${note}`)
    await raiseAlarm({ alarm: 'RotationFailed', subject: cloud, note })
  }

  forgetOwner(): Promise<void> {
    return this.#steps(retries.mending).forgetOwner(this.#input)
  }

  #steps(options: Parameters<typeof proxyActivities>[0]): RotationActivities {
    return proxyActivities<RotationActivities>({ ...options, taskQueue: this.#taskQueue })
  }

  #tell(known: Partial<CredentialRotationView>): void {
    this.#view = { ...this.#view, ...known }
    setCurrentDetails(this.#sentence())
    upsertSearchAttributes([{ key: searchAttributes.state, value: this.#view.state }])
  }

  #sentence(): string {
    const { made, state, retiresAt } = this.#view
    const { cloud, by } = this.#input
    const fresh = made === undefined ? '' : `; the new one is \`${made.name}\` (${made.id})`
    const until = state === 'grace' && retiresAt !== undefined ? ` until ${new Date(retiresAt).toISOString()}` : ''
    return `credential of ${cloud}, by ${by}: ${state}${until}${fresh}`
  }
}
