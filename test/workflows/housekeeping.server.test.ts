import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanupId } from '#contract/cleanup.ts'
import { fleetId, fleetView, setCloud } from '#contract/fleet.ts'
import { housekeepingId, housekeepingType } from '#contract/housekeeping.ts'
import { operationsQueue } from '#contract/queues.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import { housekeepingStart } from '#contract/starts.ts'
import { submissionType } from '#contract/submission.ts'
import { vmLifecycleType } from '#contract/vm-lifecycle.ts'
import { cloudWatchId, poolWatchId } from '#contract/watch.ts'
import { shellJobs, submit, testSite, until, type TestSite } from './support.ts'

let world: TestSite

beforeAll(async () => {
  world = await testSite()
})
afterAll(() => world?.stop())

const isRunning = async (id: string): Promise<boolean> =>
  (await world.client.workflow.getHandle(id).describe()).status.name === 'RUNNING'

/** A pass, as the schedule makes them. */
const keepHouse = (): Promise<unknown> =>
  world.client.workflow.execute(housekeepingType, housekeepingStart({ pool: world.config.pool }))

test('there is a schedule for it, and one for the cleanup of each cloud', async () => {
  const { pool, clouds } = world.config
  const ids: string[] = []
  for await (const { scheduleId } of world.client.schedule.list()) ids.push(scheduleId)
  expect(ids.toSorted()).toEqual([...clouds.map(({ name }) => cleanupId(pool, name)), housekeepingId(pool)].toSorted())
})

test('a schedule that an operator has paused stays so when the worker process starts again', async () => {
  const handle = world.client.schedule.getHandle(cleanupId(world.config.pool, 'east'))
  await handle.pause('the cloud moves house')
  await world.site.killWorkerProcess()
  await world.site.startWorkerProcess()
  expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'the cloud moves house' })
  await handle.unpause()
})

describe('what was ended from outside', () => {
  test('a watch runs again', async () => {
    const ids = [cloudWatchId('arbutus'), poolWatchId(world.config.pool)]
    for (const id of ids) await world.client.workflow.getHandle(id).terminate('by mistake')
    await keepHouse()
    for (const id of ids) expect(await isRunning(id)).toBe(true)
  })

  test('the fleet runs again, and knows what operators have decided', async () => {
    const reason = 'cooling is mended'
    await world.site.cli(['cloud', 'disable', 'east', '--reason', reason], { as: 'operator' })
    const id = fleetId(world.config.pool)
    const fleet = () => world.client.workflow.getHandle(id)
    const { controls } = await fleet().query(fleetView)
    expect(controls['east']).toMatchObject({ enabled: false, reason })
    await fleet().terminate('by mistake')
    await keepHouse()
    await until('it to remember', async () => {
      const now = (await fleet().query(fleetView)).controls
      return now['east'] === undefined ? undefined : now
    })
    expect((await fleet().query(fleetView)).controls).toEqual(controls)
  })

  test('the fleet knows also what was decided while no worker process ran, before it was ended', async () => {
    const control = { enabled: false, reason: 'a storm', by: 'root', at: 1_763_700_000_000 }
    const fleet = () => world.client.workflow.getHandle(fleetId(world.config.pool))
    await world.site.killWorkerProcess()
    await fleet().signal(setCloud, { cloud: 'arbutus', control })
    await fleet().terminate('by mistake')
    await world.site.startWorkerProcess()
    const known = await until('it to remember', async () => (await fleet().query(fleetView)).controls['arbutus'])
    expect(known).toEqual(control)
  })

  test('a submission leaves no files with its user, and its jobs go on', async () => {
    const state = join(world.site.account.home, '.local', 'state', 'canfar-batch')
    const kept = () => ['submissions', 'credentials'].flatMap((name) => filesIn(join(state, name)))
    await submit(world.site, shellJobs(world.site, 'cut', 'sleep 60', 1))
    expect(kept()).not.toEqual([])
    const query = `WorkflowType = '${submissionType}' AND ExecutionStatus = 'Running'`
    for await (const { workflowId } of world.client.workflow.list({ query }))
      await world.client.workflow.getHandle(workflowId).terminate('by mistake')
    await until('its files to go', async () => {
      await keepHouse()
      return kept().length === 0 ? true : undefined
    })
    expect(await world.site.pool.tool('condor_q', ['-allusers', '-af', 'ClusterId'])).not.toBe('')
  })
})

test('a workflow whose code fails for ever is an alarm that names it', async () => {
  const { pool } = world.config
  const without = await world.client.workflow.start(vmLifecycleType, {
    workflowId: 'its-input-is-none',
    taskQueue: operationsQueue(pool),
    typedSearchAttributes: [{ key: searchAttributes.pool, value: pool }],
  })
  await until('its task to fail often enough', async () => {
    const { raw } = await without.describe()
    return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3 ? true : undefined
  })
  await keepHouse()
  const alarms = alarmsOf('Stuck')
  await without.terminate('it was one')
  expect(alarms).toEqual([expect.objectContaining({ subject: 'its-input-is-none' })])
})

/** What the worker process's log has of one kind of alarm. */
const alarmsOf = (alarm: string): { subject: string }[] =>
  readFileSync(world.site.worker.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"alarm":"${alarm}"`))
    .map((line) => JSON.parse(line) as { subject: string })

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])
