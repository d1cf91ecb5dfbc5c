import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readStrays } from '#activities/fleet/read-strays.ts'
import { startVms } from '#activities/fleet/start-vms.ts'
import { loadConfig } from '#config/load.ts'
import { cleanupType, type CleanupInput } from '#contract/cleanup.ts'
import { fleetId, fleetView } from '#contract/fleet.ts'
import { housekeepingType } from '#contract/housekeeping.ts'
import { listedVm } from '#contract/listed.ts'
import { cleanupStart, housekeepingStart, watchStart } from '#contract/starts.ts'
import { cloudWatchId, poolWatchId, watchType, type WatchInput } from '#contract/watch.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type CrashSite } from './crash-site.ts'
import type { SeenJob } from './seen-jobs.ts'

let own: CrashSite
let cloud: SiteCloud

beforeAll(async () => {
  own = await startCrashSite({
    keepalive: '3s',
    clouds: [{ name: 'arbutus', caps: { vms: 4 } }],
    condorPoll: '500ms',
    cloudPoll: '500ms',
  })
  const { arbutus } = own.site.clouds
  if (arbutus === undefined) throw new Error('a cloud was asked for')
  cloud = arbutus
})
afterAll(() => own?.[Symbol.asyncDispose]())

const jobsOf = async (submission: string): Promise<SeenJob[]> =>
  (await own.jobs()).filter((job) => job.submission === submission)

/** The VM on which the submission's one job runs. */
async function host(submission: string): Promise<string> {
  const jobs = await until(
    'the job to run',
    () => jobsOf(submission),
    (list) => list.some(({ status, vm }) => status === 2 && vm !== undefined),
  )
  return jobs[0]?.vm ?? ''
}

const ends = (submission: string): Promise<SeenJob[]> =>
  until(
    'the jobs to leave',
    () => jobsOf(submission),
    (jobs) => jobs.every(({ left }) => left),
  )

const keepHouse = (): Promise<unknown> =>
  own.client.workflow.execute(housekeepingType, housekeepingStart({ pool: POOL }))

describe('watches', () => {
  it('that were away while a server vanished miss it, and its job runs elsewhere', { timeout: 60_000 }, async () => {
    const { submission } = await own.submit('away.sub', { jobs: 1, seconds: 5 })
    const vm = await host(submission)
    await own.crash()
    await cloud.admin.vanish(vm)
    await own.restart()
    const [job] = await ends(submission)
    expect(job).toMatchObject({ exitCode: 0, starts: 2 })
    expect(job?.vm).not.toBe(vm)
    await quiet(own)
    expect((await own.vms()).find((one) => one.vm === vm)).toMatchObject({ result: { reason: 'Vanished' } })
    expect(await breaches(own)).toEqual([])
  })

  it('may be two at a time: what both tell counts once', { timeout: 60_000 }, async () => {
    const running = await own.client.workflow.getHandle(poolWatchId(POOL)).describe()
    const { digest } = loadConfig({ flag: own.site.configFile })
    const inputs: WatchInput[] = [
      { kind: 'pool', pool: POOL, digest },
      { kind: 'cloud', cloud: 'arbutus', pool: POOL, digest },
    ]
    const twins = await Promise.all(
      inputs.map((input) => {
        const start = watchStart(input)
        return own.client.workflow.start(watchType, { ...start, workflowId: `${start.workflowId}/twin` })
      }),
    )
    try {
      const { submission } = await own.submit('twins.sub', { jobs: 2, seconds: 2 })
      expect((await ends(submission)).map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
        [0, 1],
        [0, 1],
      ])
      await quiet(own)
      for (const { vm, result } of await own.vms()) {
        expect(result).toBeDefined()
        const states = (await own.record(vm)).history.map(({ state }) => state)
        expect(states.filter((state) => state === 'serving').length, `${vm}: ${states.join(' ')}`).toBeLessThan(3)
      }
      expect(await breaches(own)).toEqual([])
    } finally {
      for (const twin of twins) await twin.cancel()
    }
    expect(running.status.name).toBe('RUNNING')
  })
})

describe('the fleet', () => {
  it('starts a VM once, also if the start is repeated after its end', { timeout: 60_000 }, async () => {
    const { submission } = await own.submit('once.sub', { jobs: 1 })
    const vm = await host(submission)
    await ends(submission)
    await quiet(own)
    const order = listedVm(await own.client.workflow.getHandle(vm).describe())?.order
    if (order === undefined) throw new Error(`${vm} has no order`)
    const before = await own.servers()
    const { config } = loadConfig({ flag: own.site.configFile })
    await startVms(own.client, config, [{ vm, order, at: Date.now() }])
    expect(await own.client.workflow.getHandle(vm).describe()).toMatchObject({ status: { name: 'COMPLETED' } })
    expect(await own.servers()).toEqual(before)
  })

  it(
    'that is ended from outside while VMs live goes on with them, and boots none twice',
    { timeout: 90_000 },
    async () => {
      const { submission } = await own.submit('headless.sub', { jobs: 2, seconds: 15 })
      await host(submission)
      const before = (await own.vms()).filter(({ status }) => status === 'RUNNING').map(({ vm }) => vm)
      const fleet = () => own.client.workflow.getHandle(fleetId(POOL))
      await fleet().terminate('by mistake')
      await keepHouse()
      await until(
        'a plan',
        () => fleet().query(fleetView),
        ({ lastPlan }) => lastPlan !== undefined,
      )
      const after = (await own.vms()).filter(({ status }) => status === 'RUNNING').map(({ vm }) => vm)
      expect(after.toSorted()).toEqual(before.toSorted())
      expect((await ends(submission)).map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
        [0, 1],
        [0, 1],
      ])
      await quiet(own)
      expect(await breaches(own)).toEqual([])
    },
  )

  it('counts a VM whose workflow was ended from outside, until it is adopted', { timeout: 90_000 }, async () => {
    const gate = join(own.site.account.home, 'full')
    const { submission } = await own.submit('full.sub', { jobs: 4, until: gate })
    await until(
      'four to run',
      () => jobsOf(submission),
      (jobs) => jobs.every(({ status }) => status === 2),
    )
    const view = () => own.client.workflow.getHandle(fleetId(POOL)).query(fleetView)
    // a start that no list has shown yet counts as a VM by itself
    await until('all to be on the lists', view, ({ recent }) => recent.length === 0)
    const [one] = await jobsOf(submission)
    await own.client.workflow.getHandle(one?.vm ?? '').terminate('by mistake')
    const since = Date.now()
    const { submission: further } = await own.submit('further.sub', { jobs: 1 })
    await until(
      'a plan that has no place for it',
      view,
      ({ lastPlan }) => lastPlan !== undefined && lastPlan.at > since && lastPlan.unmet > 0,
    )
    const input: CleanupInput = { pool: POOL, cloud: 'arbutus', by: 'test', confirmMs: 100 }
    await own.client.workflow.execute(cleanupType, cleanupStart(input, 'counted'))
    writeFileSync(gate, '')
    for (const each of [submission, further])
      expect((await ends(each)).every(({ exitCode, starts }) => exitCode === 0 && starts === 1)).toBe(true)
    await quiet(own)
    expect(await breaches(own)).toEqual([])
    const servers = await own.servers()
    const there = ({ createdAt }: ServerRecord) =>
      servers.filter((two) => two.createdAt <= createdAt && (two.deletedAt ?? Infinity) > createdAt).length
    expect(Math.max(...servers.map(there))).toBe(4)
  })

  it('counts it for as long as its watch has not looked since', { timeout: 90_000 }, async () => {
    const gate = join(own.site.account.home, 'unseen')
    const { submission } = await own.submit('unseen.sub', { jobs: 1, until: gate })
    const vm = await host(submission)
    await own.client.workflow.getHandle(vm).terminate('by mistake')
    await own.client.workflow.getHandle(cloudWatchId('arbutus')).terminate('by mistake')
    const others = new Set((await own.servers()).map(({ name }) => name).filter((name) => name !== vm))
    const config = { pool: POOL, clouds: [{ name: 'arbutus' }] }
    await until(
      'it to count ten minutes later',
      () => readStrays({ client: own.client, config }, others, Date.now() + 10 * 60_000),
      ({ arbutus }) => arbutus?.vms === 1,
    )
    await keepHouse()
    const input: CleanupInput = { pool: POOL, cloud: 'arbutus', by: 'test', confirmMs: 100 }
    await own.client.workflow.execute(cleanupType, cleanupStart(input, 'unseen'))
    writeFileSync(gate, '')
    expect(await ends(submission)).toMatchObject([{ exitCode: 0, starts: 1 }])
    await quiet(own)
    expect(await breaches(own)).toEqual([])
  })

  it('goes on when another worker process plans by another policy', { timeout: 100_000 }, async () => {
    const { submission } = await own.submit('before.sub', { jobs: 1, seconds: 8 })
    const vm = await host(submission)
    const { runId } = await own.client.workflow.getHandle(fleetId(POOL)).describe()
    await own.crash()
    const config = parse(readFileSync(own.site.configFile, 'utf8')) as Record<string, unknown>
    expect(config['policy']).toBeUndefined()
    writeFileSync(own.site.configFile, stringify({ ...config, policy: { bootsPerPass: 1 } }))
    await own.restart()
    const more = await own.submit('after.sub', { jobs: 3, seconds: 2 })
    expect((await ends(more.submission)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect((await ends(submission))[0]).toMatchObject({ exitCode: 0, starts: 1, vm })
    const fleet = await own.client.workflow.getHandle(fleetId(POOL)).describe()
    expect(fleet.status.name).toBe('RUNNING')
    // one boot a plan, by the same workflow as before or the one that it continued as
    expect(fleet.raw.workflowExecutionInfo?.firstRunId || fleet.runId).toBe(runId)
    await quiet(own)
    expect(await breaches(own)).toEqual([])
    expect(await own.client.workflow.getHandle(cloudWatchId('arbutus')).describe()).toMatchObject({
      status: { name: 'RUNNING' },
    })
  })
})

/** CANFAR_OUTAGE_SECONDS=300 makes it the five minutes for which a site's schedd may be restarted on another host. */
const outage = Number(process.env['CANFAR_OUTAGE_SECONDS'] ?? 45)

it(
  `running jobs outlive a schedd that is away for ${outage} s, with the default lease`,
  { timeout: (2 * outage + 60) * 1000 },
  async () => {
    const { submission } = await own.submit('lease.sub', { jobs: 2, seconds: outage + 15 })
    await host(submission)
    await until(
      'both to run',
      () => jobsOf(submission),
      (jobs) => jobs.every(({ status }) => status === 2),
    )
    await own.site.pool.stopDaemon('schedd')
    await sleep(outage * 1000)
    await own.site.pool.startDaemon('schedd')
    expect((await ends(submission)).map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
      [0, 1],
      [0, 1],
    ])
    await quiet(own)
    expect(await breaches(own)).toEqual([])
  },
)

describe('in the end', () => {
  const unclaimed = 15

  it(
    'of a control plane, for good, each VM ends itself: an empty one soon, a busy one after its job',
    { timeout: 150_000 },
    async () => {
      await own.crash()
      const config = parse(readFileSync(own.site.configFile, 'utf8')) as { condor: { workerSettings: object } }
      // its own subsystem's form wins over the hour at least that the product sets
      const sooner = { 'STARTD.STARTD_NOCLAIM_SHUTDOWN': `${unclaimed}` }
      const condor = { ...config.condor, workerSettings: { ...config.condor.workerSettings, ...sooner } }
      writeFileSync(own.site.configFile, stringify({ ...config, condor }))
      await own.restart()
      const gate = join(own.site.account.home, 'go-on')
      const patient = ['--keepalive', '10']
      const [brief, long] = await Promise.all([
        own.enter(own.write('brief.sub', { jobs: 1 }), patient, 'p2-3gb'),
        own.enter(own.write('long.sub', { jobs: 1, until: gate }), patient),
      ])
      const busy = await host(long.submission)
      const [done] = await ends(brief.submission)
      await own.site.killWorkerProcess()
      await own.site.temporal.kill()

      const left = async () =>
        Object.fromEntries(
          (await own.servers()).flatMap(({ name, status, deletedAt }) => (deletedAt === null ? [[name, status]] : [])),
        )
      const empty = done?.vm ?? ''
      expect(Object.keys(await left()).toSorted()).toEqual([busy, empty].toSorted())
      await until('the empty VM to end', left, (vms) => vms[empty] === 'SHUTOFF')
      expect(await left()).toEqual({ [busy]: 'ACTIVE', [empty]: 'SHUTOFF' })
      // as long again
      await sleep(unclaimed * 1000)
      expect(await left()).toMatchObject({ [busy]: 'ACTIVE' })
      expect((await jobsOf(long.submission)).map(({ status, vm }) => [status, vm])).toEqual([[2, busy]])
      writeFileSync(gate, '')
      expect((await ends(long.submission)).map(({ exitCode, starts }) => [exitCode, starts])).toEqual([[0, 1]])
      await until('the other to end', left, (vms) => vms[busy] === 'SHUTOFF')
    },
  )
})
