import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client'
import type { Config } from '#config/schema.ts'
import { cleanupStart, housekeepingStart } from '#contract/starts.ts'
import { cleanupId, cleanupType } from '#contract/cleanup.ts'
import { housekeepingId, housekeepingType } from '#contract/housekeeping.ts'

/** Passes that nobody made in time are not made up for: the next one finds the same. */
const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' } as const

/**
 * Sets up what runs again and again: a cleanup for each cloud, and the housekeeping. What an operator has paused stays paused;
 * schedules of clouds that are no longer configured go.
 */
export async function setUpSchedules(client: Client, config: Config): Promise<void> {
  const { pool, clouds, cleanup } = config
  const spec = { intervals: [{ every: cleanup.every }] }
  const wanted: ScheduleOptions[] = [
    ...clouds.map(({ name: cloud }) => {
      const input = { pool, cloud, by: 'schedule', confirmMs: cleanup.confirm }
      const action = { type: 'startWorkflow' as const, workflowType: cleanupType, ...cleanupStart(input) }
      return { scheduleId: cleanupId(pool, cloud), spec, policies, action }
    }),
    {
      scheduleId: housekeepingId(pool),
      spec,
      policies,
      action: { type: 'startWorkflow', workflowType: housekeepingType, ...housekeepingStart({ pool }) },
    },
  ]
  for (const schedule of wanted) await setUp(client, schedule)
  const ids = new Set(wanted.map(({ scheduleId }) => scheduleId))
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(cleanupId(pool, '')) && !ids.has(scheduleId)) await remove(client, scheduleId)
  }
}

async function setUp(client: Client, schedule: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(schedule)
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    const { spec, action, policies: rules } = schedule
    await client.schedule.getHandle(schedule.scheduleId).update(({ state }) => ({
      state,
      spec,
      policies: rules ?? {},
      action: action as never,
    }))
  }
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  await client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error
    })
}
