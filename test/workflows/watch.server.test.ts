import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fleetId } from '#contract/fleet.ts'
import { cloudWatchId, configure, poolWatchId } from '#contract/watch.ts'
import { historyLength, testSite, type TestSite, until } from './support.ts'

let world: TestSite

beforeAll(async () => {
  world = await testSite({ cloudPoll: '500ms', condorPoll: '500ms' })
})
afterAll(() => world?.stop())

/** What the watch saw last, as its heartbeat has it. */
async function pending(workflowId: string) {
  const { raw, runId } = await world.client.workflow.getHandle(workflowId).describe()
  const [activity] = raw.pendingActivities ?? []
  return activity?.activityId === undefined || activity.lastHeartbeatTime === null
    ? undefined
    : {
        runId,
        started: Number(activity.lastStartedTime?.seconds ?? 0),
        attempt: activity.attempt,
        heartbeat: activity.lastHeartbeatTime,
      }
}

describe('while nothing happens', () => {
  test('watches look on and write no history', async () => {
    const ids = [poolWatchId(world.config.pool), ...world.config.clouds.map(({ name }) => cloudWatchId(name))]
    for (const id of ids) await until(`the first look of ${id}`, () => pending(id))
    const before = await Promise.all(ids.map((id) => historyLength(world.client, id)))
    const heartbeats = await Promise.all(ids.map((id) => pending(id)))
    for (const [n, id] of ids.entries()) {
      await until(`another look of ${id}`, async () => {
        const now = await pending(id)
        return JSON.stringify(now?.heartbeat) === JSON.stringify(heartbeats[n]?.heartbeat) ? undefined : now
      })
    }
    const after = await Promise.all(ids.map((id) => historyLength(world.client, id)))
    expect(after).toEqual(before)
    for (const length of after) expect(length).toBeLessThanOrEqual(10)
  })

  test('the fleet sleeps without a timer and writes no history', async () => {
    const id = fleetId(world.config.pool)
    const settled = await until('the first plan', async () => {
      const length = await historyLength(world.client, id)
      await sleep(1500)
      return (await historyLength(world.client, id)) === length ? length : undefined
    })
    // longer than it would wait for a look by itself
    await sleep(12_000)
    expect(await historyLength(world.client, id)).toBe(settled)
  })
})

describe('configure', () => {
  const id = () => cloudWatchId('east')

  test('with the digest that it has already changes nothing', async () => {
    const before = await until('a look', () => pending(id()))
    const { digest } = await inputOf(id())
    await world.client.workflow.getHandle(id()).signal(configure, { digest })
    await sleep(2_000)
    const after = await until('a look', () => pending(id()))
    expect(after).toMatchObject({ runId: before.runId, started: before.started, attempt: before.attempt })
  })

  test('with another digest starts one new activity after the old one has ended', async () => {
    const before = await until('a look', () => pending(id()))
    await world.client.workflow.getHandle(id()).signal(configure, { digest: 'another' })
    const after = await until('the new run', async () => {
      const now = await pending(id())
      return now === undefined || now.runId === before.runId ? undefined : now
    })
    const { raw } = await world.client.workflow.getHandle(id()).describe()
    expect(raw.pendingActivities).toHaveLength(1)
    const { digest } = await inputOf(id())
    expect(digest).toBe('another')
    const { events } = await world.client.workflow.getHandle(id(), before.runId).fetchHistory()
    const kinds = (events ?? []).map(({ eventType }) => eventType)
    // WORKFLOW_EXECUTION_CONTINUED_AS_NEW comes after ACTIVITY_TASK_CANCELED: two never looked at once
    expect(kinds.at(-1)).toBe(28)
    expect(kinds).toContain(16)
    expect(after.started).toBeGreaterThanOrEqual(before.started)
  })
})

async function inputOf(workflowId: string): Promise<{ digest: string }> {
  const { events } = await world.client.workflow.getHandle(workflowId).fetchHistory()
  const data = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data
  return JSON.parse(Buffer.from(data ?? []).toString()) as { digest: string }
}
