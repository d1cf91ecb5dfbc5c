import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  TimeoutFailure,
  upsertSearchAttributes,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow'
import type { AlarmActivities } from '#activities/alarm/activities.ts'
import type { DrainActivities, MayJoin } from '#activities/pool/activities.ts'
import type { VmActivities } from '#activities/vm/activities.ts'
import { cloudQueue } from '#contract/queues.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import { vmEvent, vmRecord, type VmInput, type VmResult } from '#contract/vm-lifecycle.ts'
import { describeVm } from '#domain/vm/describe.ts'
import { vmReasons, type VmReason } from '#domain/vm/reason.ts'
import { advance, limitOf, matters, newRecord, type VmEvent, type VmRecord } from '#domain/vm/record.ts'
import type { VmState } from '#domain/vm/state.ts'
import * as retries from './retries.ts'

const pool = proxyActivities<DrainActivities>(retries.patient)
const { raiseAlarm } = proxyActivities<AlarmActivities>(retries.patient)

/** States in which a worker may run jobs, also jobs that nobody has told of yet. */
const wasActive = new Set<VmState>(['building', 'booted', 'serving', 'draining', 'held'])

/**
 * One worker VM, from the intent to boot it to the cloud's word that it is gone. Its workflow id is the server's name: the
 * intent is on record before the server can exist, and whatever exists under that name is this workflow's to remove.
 */
export async function vmLifecycle(input: VmInput): Promise<VmResult> {
  const vm = new Vm(input)
  // A cancelled VM is a retired one: what it owns is given back either way.
  CancellationScope.current().cancelRequested.catch(() =>
    vm.tell({ kind: 'retire', reason: 'Retired', note: 'cancelled' }),
  )
  return CancellationScope.nonCancellable(() => vm.live())
}

class Vm {
  readonly #input: VmInput
  readonly #cloud: ReturnType<typeof cloudActivities>
  readonly #name = workflowInfo().workflowId
  #inbox: VmEvent[] = []
  #record: VmRecord
  /** It may have had a job when its deletion began: only a worker that is drained, or never was one, has none. */
  #mayHaveJobs = false

  constructor(input: VmInput) {
    this.#input = input
    this.#cloud = cloudActivities(input)
    this.#record = newRecord(Date.now(), input.adopted?.bornAt)
    setHandler(vmEvent, (event) => void this.#inbox.push(event))
    setHandler(vmRecord, () => this.#record)
  }

  tell(event: Omit<VmEvent, 'at'>): void {
    this.#inbox.push({ ...event, at: Date.now() })
  }

  async live(): Promise<VmResult> {
    this.#advance({ kind: 'create-started', at: Date.now() })
    this.#advance(await this.#create())
    while (this.#record.state !== 'gone') {
      if (this.#record.state === 'deleting') this.#advance(await this.#delete())
      else if (this.#record.state === 'draining' && this.#record.drain !== undefined) await this.#drain()
      else this.#advance(await this.#next())
    }
    return this.#result()
  }

  async #create(): Promise<VmEvent> {
    const { adopted } = this.#input
    if (adopted !== undefined) return { kind: 'created', at: Date.now(), ...adopted }
    try {
      const server = await this.#cloud.create.createServer({ vm: this.#name, ...this.#input })
      return { kind: 'created', at: Date.now(), serverId: server.id }
    } catch (error) {
      return { kind: 'create-failed', at: Date.now(), ...whyOf(error, 'CloudError') }
    }
  }

  /** Whether something that matters has been told. What changes nothing is dropped here. */
  #hasNews(): boolean {
    this.#inbox = this.#inbox.filter((event) => matters(this.#record, event))
    return this.#inbox.length > 0
  }

  /** The next thing that matters: an event, or the limit of the present state. */
  async #next(): Promise<VmEvent> {
    const limit = limitOf(this.#record, this.#input.deadlines)
    const news = () => this.#hasNews()
    if (limit === undefined) await condition(news)
    else if (!(await condition(news, Math.max(1, limit.at - Date.now())))) {
      return { kind: 'deadline', at: Date.now(), reason: limit.reason }
    }
    const event = this.#inbox.shift()
    if (event === undefined) throw new Error('woken without an event')
    return event
  }

  /**
   * An idle retirement is settled in one call: the worker drained, or refused because a job had come. A graceful one is
   * asked for; that the last job has ended is told by the pool's watch. A worker that has failed meanwhile cannot answer:
   * what is told of it then ends the asking.
   */
  async #drain(): Promise<void> {
    const asking = new CancellationScope()
    let settled = false
    const asked = asking.run(() => this.#askToDrain()).finally(() => (settled = true))
    const news = () => {
      // that it does not know of its drain is no news while it is being asked
      this.#inbox = this.#inbox.filter(({ kind }) => kind !== 'drain-lost')
      return this.#hasNews()
    }
    await condition(() => settled || news())
    const outcome = settled ? await asked : undefined
    if (!settled) asking.cancel()
    this.#advance(outcome ?? (await this.#next()))
  }

  /** What came of it at once, if anything. A worker that will not be drained is asked until the time for it is over. */
  async #askToDrain(): Promise<VmEvent | undefined> {
    const end = limitOf(this.#record, this.#input.deadlines)?.at ?? Date.now()
    const drains = proxyActivities<DrainActivities>({
      ...retries.patient,
      scheduleToCloseTimeout: Math.max(1, end - Date.now()),
    })
    try {
      if (this.#record.drain === 'if-empty') {
        return { kind: await drains.drainIfEmpty({ vm: this.#name, ...this.#mayJoin() }), at: Date.now() }
      }
      await drains.startDrain({ vm: this.#name })
    } catch (error) {
      if (!isCancellation(error)) log.warn('not drained', { note: whyOf(error, 'DeleteStuck').note })
    }
    return undefined
  }

  /** A VM that was never seen in the pool may come while it is asked to go, and at once be given a job. */
  #mayJoin(): { mayJoin?: MayJoin } {
    const { reason, serverId, history } = this.#record
    if (reason === 'JoinTimeout' || serverId === undefined) return {}
    if (history.some(({ state }) => state === 'serving')) return {}
    const { order, deadlines } = this.#input
    return { mayJoin: { cloud: order.cloud, serverId, within: deadlines.join } }
  }

  async #delete(): Promise<VmEvent> {
    const { serverId, volumes, reason = 'Retired', note, firstJobAt, bornAt } = this.#record
    const known = { serverId, ...(volumes === undefined ? {} : { volumes }) }
    const server = { vm: this.#name, ...this.#input, ...known, reason, note, served: firstJobAt !== undefined, bornAt }
    // its jobs need not wait for the cloud, nor the cloud for the schedd
    const jobs = this.#letJobsGo(reason)
    try {
      await this.#cloud.remove.deleteServer(server)
    } catch (error) {
      await raiseAlarm({ alarm: 'DeleteStuck', subject: this.#name, note: whyOf(error, 'DeleteStuck').note ?? '' })
      upsertSearchAttributes([{ key: searchAttributes.reason, value: 'DeleteStuck' }])
      const learnt = volumesIn(error)
      await this.#cloud.removeForEver.deleteServer({
        ...server,
        ...(learnt === undefined ? {} : { volumes: learnt }),
        force: true,
      })
    }
    await jobs
    if (this.#mayHaveJobs) await this.#requeueJobs(retries.untilLeasesEnd)
    return { kind: 'gone', at: Date.now() }
  }

  /** What is done for jobs at once, whether or not there is a server still. */
  async #letJobsGo(reason: VmReason): Promise<void> {
    if (reason === 'Vanished') await this.#requeueJobs(retries.briefly)
    if (reason === 'BlackHole') await pool.releaseHolds({ vm: this.#name })
  }

  /** Jobs that stay with their shadows, where those cannot be killed, go on by themselves when their leases are over. */
  async #requeueJobs(patience: ActivityOptions): Promise<void> {
    const { requeueJobs } = proxyActivities<DrainActivities>(patience)
    await requeueJobs({ vm: this.#name }).catch((error: unknown) =>
      log.warn('its jobs are not put back', { note: whyOf(error, 'Vanished').note }),
    )
  }

  #advance(event: VmEvent): void {
    const before = this.#record
    this.#record = advance(before, event, Date.now())
    if (this.#record === before) return
    if (this.#record.state === 'deleting' && before.state !== 'deleting') {
      this.#mayHaveJobs = wasActive.has(before.state) && event.kind !== 'drained'
    }
    log.info('vm', { event: event.kind, state: this.#record.state, reason: this.#record.reason, note: event.note })
    setCurrentDetails(describeVm(this.#record))
    // `creating` is set at the start, `gone` with the result: each upsert is an event of the history
    if (this.#record.state !== before.state && this.#record.state !== 'creating') {
      upsertSearchAttributes([
        { key: searchAttributes.state, value: this.#record.state },
        { key: searchAttributes.reason, value: this.#record.reason ?? null },
      ])
    }
  }

  #result(): VmResult {
    const { bornAt, firstJobAt, reason, note, serverId } = this.#record
    return {
      vm: this.#name,
      cloud: this.#input.order.cloud,
      ...(serverId === undefined ? {} : { serverId }),
      reason: reason ?? 'Retired',
      ...(note === undefined ? {} : { note }),
      served: firstJobAt !== undefined,
      bornAt,
      goneAt: Date.now(),
    }
  }
}

function cloudActivities({ pool: poolName, order, deadlines }: VmInput) {
  const taskQueue = cloudQueue(poolName, order.cloud)
  return {
    create: proxyActivities<VmActivities>({
      ...retries.create(deadlines.createCall, deadlines.createLookup),
      taskQueue,
    }),
    remove: proxyActivities<VmActivities>({ ...retries.deleteUntilGone, taskQueue }),
    removeForEver: proxyActivities<VmActivities>({ ...retries.deleteForEver, taskQueue }),
  }
}

/** Volumes of which the activity that has given up knew; its server may be gone since, and nobody else know of them. */
function volumesIn(error: unknown): string[] | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error
  const told: unknown[] =
    cause instanceof TimeoutFailure
      ? [cause.lastHeartbeatDetails]
      : cause instanceof ApplicationFailure
        ? (cause.details ?? [])
        : []
  return told
    .map((one) => (one as Pick<VmRecord, 'volumes'> | null | undefined)?.volumes)
    .find((ids) => ids !== undefined)
}

/** The named reason in an activity's failure; failures that name none are the given one. */
function whyOf(error: unknown, otherwise: VmReason): { reason: VmReason; note: string } {
  if (isCancellation(error)) return { reason: 'Retired', note: 'cancelled' }
  const cause = error instanceof ActivityFailure ? error.cause : error
  const type = cause instanceof ApplicationFailure ? cause.type : undefined
  const reason = vmReasons.find((known) => known === type) ?? otherwise
  return { reason, note: cause instanceof Error ? cause.message : String(cause) }
}
