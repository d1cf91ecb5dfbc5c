import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fleetId, fleetView } from '#contract/fleet.ts'
import { fakeClock, type FakeClock } from '#testbed/faults/fake-clock.ts'
import { smallDisk, type SmallDisk } from '#testbed/faults/small-disk.ts'
import { isRoot } from '#testbed/instance/folders.ts'
import { createInstance } from '#testbed/instance/instance.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { networkFor } from '#testbed/site/site.ts'
import { breaches, quiet } from './audit.ts'
import { type Answer, type CrashSite, startCrashSite, until } from './crash-site.ts'

const hour = 3_600_000

describe.runIf(isRoot())('on a machine in trouble', () => {
  let own: CrashSite
  let state: SmallDisk
  let scratch: SmallDisk
  let database: SmallDisk
  let clock: FakeClock

  beforeAll(async () => {
    const instance = await createInstance({ network: networkFor('process') })
    state = await smallDisk(instance, 'state', 4)
    scratch = await smallDisk(instance, 'scratch', 16)
    database = await smallDisk(instance, 'temporal', 96)
    clock = await fakeClock(instance, 'worker', { progress: console.log })
    own = await startCrashSite({
      instance,
      stateFolder: state.path,
      scratchFolder: scratch.path,
      temporalFolder: database.path,
      clock,
      keepalive: '3s',
      deadlines: { createCall: '5s', createLookup: '14s', building: '20s', join: '40s' },
    })
  })
  afterAll(() => own[Symbol.asyncDispose]())
  beforeEach(async () => {
    for (const disk of [state, scratch, database]) disk.free()
    clock.step(-clock.ahead())
    // one that a test before has brought down may still be ending
    await own.crash()
    await own.restart()
  })

  const jobsOf = async ({ submission }: Answer) => (await own.jobs()).filter((job) => job.submission === submission)
  const running = (answer: Answer, count: number) =>
    until(
      'jobs to run',
      () => jobsOf(answer),
      (jobs) => jobs.filter(({ status }) => status === 2).length === count,
    )
  const ends = ({ clusters }: Answer, count: number) =>
    until(
      'jobs to end',
      () => own.ended().filter((id) => clusters.some((cluster) => id.startsWith(`${cluster.id}.`))),
      (ids) => ids.length === count,
    )
  const isRunning = () => own.site.worker.daemon()?.isRunning()
  /** A process may run and do nothing: only one that polls can answer a query. */
  const answers = () => own.client.workflow.getHandle(fleetId(POOL)).query(fleetView)

  /** Each job ran, once and to its end, and nothing is left of anything. */
  async function ranOnce(submitted: readonly Answer[], jobsEach: number): Promise<void> {
    await quiet(own)
    expect(await breaches(own)).toEqual([])
    for (const answer of submitted) {
      const jobs = await jobsOf(answer)
      expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual(
        Array.from({ length: jobsEach }, () => [0, 1]),
      )
      for (const { id } of jobs) {
        expect(own.began().filter((one) => one === id)).toHaveLength(1)
        expect(own.ended().filter((one) => one === id)).toHaveLength(1)
      }
    }
  }

  it('whose state folder is full, jobs go on, and new ones are done when it is not', { timeout: 150_000 }, async () => {
    const before = await own.submit('state-before.sub', { jobs: 2, seconds: 10 })
    await running(before, 2)
    expect(readdirSync(state.path)).not.toEqual([])
    state.fill()
    const during = await own.submit('state-during.sub', { jobs: 2, seconds: 2 })
    await ends(before, 2)
    await expect(answers()).resolves.toHaveProperty('lastPlan')
    state.free()
    await ranOnce([before, during], 2)
  })

  it('whose disk of logs and temporary files is full, the worker process goes on', { timeout: 150_000 }, async () => {
    const before = await own.submit('scratch-before.sub', { jobs: 2, seconds: 10 })
    await running(before, 2)
    scratch.fill()
    const during = await own.submit('scratch-during.sub', { jobs: 2, seconds: 2 })
    await ends(before, 2)
    await expect(answers()).resolves.toHaveProperty('lastPlan')
    scratch.free()
    await ranOnce([before, during], 2)
    await expect(answers()).resolves.toHaveProperty('lastPlan')
  })

  it(
    "whose disk is full for Temporal's database for 10 s, nothing is lost or done twice",
    { timeout: 180_000 },
    async () => {
      const before = await own.submit('database-before.sub', { jobs: 2, seconds: 8 })
      await running(before, 2)
      database.fill()
      const file = own.write('database-during.sub', { jobs: 2, seconds: 2 })
      const entered = own.enter(file)
      await sleep(10_000)
      expect(isRunning()).toBe(true)
      expect(readFileSync(own.site.temporal.logFile, 'utf8')).toContain('database or disk is full')
      database.free()
      const first = await entered
      console.log(`with a full disk submit ended with ${first.exitCode}: ${first.stderr}`)
      // whoever was not answered asks again, which is the same submission
      const answer = first.exitCode === 0 ? first : await own.enter(file)
      expect(answer).toMatchObject({ exitCode: 0 })
      await ranOnce([before, answer], 2)
    },
  )

  describe.each([
    ['forwards', hour],
    ['back', -hour],
  ])('whose clock is set an hour %s while VMs serve', (where, ms) => {
    it('no job is lost and no VM is left, neither then nor when it is set right', { timeout: 300_000 }, async () => {
      const before = await own.submit(`${where}-before.sub`, { jobs: 2, seconds: 15 })
      await running(before, 2)
      clock.step(ms)
      const during = await own.submit(`${where}-during.sub`, { jobs: 2, seconds: 15 })
      await ranOnce([before, during], 2)
      await expect(answers()).resolves.toHaveProperty('lastPlan')
      const under = await own.submit(`${where}-under.sub`, { jobs: 2, seconds: 15 })
      await running(under, 2)
      clock.step(-ms)
      const after = await own.submit(`${where}-after.sub`, { jobs: 2, seconds: 2 })
      await ranOnce([under, after], 2)
      await expect(answers()).resolves.toHaveProperty('lastPlan')
      expect(clock.ahead()).toBe(0)
    })
  })
})
