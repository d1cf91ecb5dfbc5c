import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vmEvent } from '#contract/vm-lifecycle.ts'
import { forgetWorker } from '#htcondor/forget-worker.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { runAs } from '#testbed/instance/account.ts'
import { allProcesses, withDescendants } from '#testbed/instance/process-table.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type Answer, type CrashSite } from './crash-site.ts'
import type { SeenJob } from './seen-jobs.ts'

const KEEPALIVE = 3000
/** Flavors of two processors: each test has VMs of its own. */
const [FIRST, SECOND, THIRD, FOURTH] = ['c2-7.5gb-31', 'p2-3gb', 'c4-15gb-83', 'p4-6gb']

let own: CrashSite
let cloud: SiteCloud

beforeAll(async () => {
  own = await startCrashSite({ keepalive: `${KEEPALIVE}ms`, clouds: [{ name: 'arbutus' }] })
  const { arbutus } = own.site.clouds
  if (arbutus === undefined) throw new Error('a cloud was asked for')
  cloud = arbutus
})
afterAll(async () => {
  await own[Symbol.asyncDispose]()
})

const of = async ({ submission }: Answer): Promise<SeenJob[]> =>
  (await own.jobs()).filter((job) => job.submission === submission)

/** The first job of a submission, once its executable runs: a job is of status "running" before, and then has no start. */
async function running(answer: Answer): Promise<SeenJob & { vm: string }> {
  const runs = ({ status, starts, vm }: SeenJob) => status === 2 && starts > 0 && vm !== undefined
  const found = (
    await until(
      'the job to run',
      () => of(answer),
      (jobs) => jobs.some(runs),
    )
  ).find(runs)
  if (found?.vm === undefined) throw new Error('no job runs')
  return { ...found, vm: found.vm }
}

const finished = (answer: Answer, timeoutMs?: number): Promise<SeenJob[]> =>
  until(
    'the jobs to leave',
    () => of(answer),
    (jobs) => jobs.every(({ left }) => left),
    timeoutMs,
  )

const ended = async (vm: string) =>
  (await until('the VM to go', own.vms, (vms) => vms.some((one) => one.vm === vm && one.status !== 'RUNNING'))).find(
    (one) => one.vm === vm,
  )

const asAstronomer = (...argv: [string, ...string[]]) =>
  runAs(own.site.account, argv, { env: own.site.environments.user })

const flavorsBooted = async (): Promise<string[]> => (await own.servers()).map(({ flavor }) => flavor)

describe('demand', () => {
  it(
    'of held jobs is none until they are released, though there is no worker and the schedd was killed',
    { timeout: 60_000 },
    async () => {
      const [held, waiting] = await Promise.all([
        own.submit('held.sub', { jobs: 2, cpus: 1, lines: ['hold = True'], flavor: FIRST }),
        own.submit('waiting.sub', { jobs: 1, flavor: SECOND }),
      ])
      expect((await finished(waiting)).map(({ exitCode }) => exitCode)).toEqual([0])
      expect(await flavorsBooted()).toEqual([SECOND])
      expect((await of(held)).map(({ status }) => status)).toEqual([5, 5])

      await own.site.pool.killDaemon('schedd')
      await until(
        'the schedd to be back',
        () => own.site.pool.tool('condor_q', ['-totals']).catch(() => ''),
        (text) => text !== '',
      )
      expect(await asAstronomer('condor_release', String(held.clusters[0]?.id))).toMatchObject({ exitCode: 0 })
      const jobs = await finished(held)
      expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
        [0, 1],
        [0, 1],
      ])
      expect((await flavorsBooted()).toSorted()).toEqual([FIRST, SECOND].toSorted())
    },
  )
})

describe('a running job', () => {
  it.concurrent('is killed neither by keepalive nor by retirement', { timeout: 60_000 }, async () => {
    const answer = await own.submit('long.sub', {
      jobs: 2,
      cpus: 2,
      seconds: 3 * (KEEPALIVE / 1000) + 3,
      flavor: FIRST,
    })
    const both = await until(
      'both jobs to run',
      () => of(answer),
      (jobs) => jobs.every(({ status, vm }) => status === 2 && vm !== undefined),
    )
    const [kept = '', retired = ''] = both.map(({ vm }) => vm)
    expect(await own.site.cli(['vm', 'retire', retired, '--yes'])).toMatchObject({ exitCode: 0 })
    const jobs = await finished(answer)
    expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
      [0, 1],
      [0, 1],
    ])
    expect(new Set(jobs.map(({ vm }) => vm))).toEqual(new Set([kept, retired]))
    expect(await ended(retired)).toMatchObject({ result: { reason: 'Retired' } })
    expect(await ended(kept)).toMatchObject({ result: { reason: 'Idle' } })
  })

  it.concurrent('keeps a VM that was thought empty', { timeout: 60_000 }, async () => {
    const answer = await own.submit('kept.sub', { jobs: 1, seconds: 6, flavor: SECOND })
    const { vm } = await running(answer)
    await until(
      'the VM to have heard that it serves',
      () => own.record(vm),
      ({ state }) => state === 'serving',
    )
    // what the watch tells if the job comes right after it has looked
    await own.client.workflow.getHandle(vm).signal(vmEvent, { kind: 'empty', at: Date.now() })
    const states = async () => (await own.record(vm)).history.map(({ state }) => state)
    // word of its first job may come before or after
    const backToServing = (list: string[]) => list.some((state, i) => state === 'serving' && list[i - 1] === 'draining')
    await until('the drain to be refused', states, backToServing)
    expect((await of(answer)).map(({ status, starts }) => [status, starts])).toEqual([[2, 1]])
    expect((await finished(answer)).map(({ exitCode, starts, vm: last }) => [exitCode, starts, last])).toEqual([
      [0, 1, vm],
    ])
    expect(await ended(vm)).toMatchObject({ result: { reason: 'Idle' } })
  })

  it.concurrent('keeps a VM whose ads the collector has lost', { timeout: 60_000 }, async () => {
    const open = join(own.site.account.home, 'lost-ads')
    const answer = await own.submit('lost-ads.sub', { jobs: 1, cpus: 1, until: open, flavor: 'p1-1.5gb' })
    const { vm } = await running(answer)
    const states = async () => (await own.record(vm)).history.map(({ state }) => state)
    await until('the VM to have heard that it serves', states, (list) => list.includes('serving'))
    const { configFile, binDir, sbinDir, trustDomain } = own.site.pool
    const refused = new AbortController()
    const losing = (async () => {
      while (!refused.signal.aborted) await forgetWorker({ configFile, binDir, sbinDir }, vm, { trustDomain })
    })()
    try {
      await until(
        'its ads to be lost',
        () => own.site.pool.tool('condor_status', ['-af', 'VMName']),
        (names) => !names.includes(vm),
      )
      await own.client.workflow.getHandle(vm).signal(vmEvent, { kind: 'empty', at: Date.now() })
      const backToServing = (list: string[]) =>
        list.some((state, i) => state === 'serving' && list[i - 1] === 'draining')
      await until('the drain to be refused', states, backToServing)
    } finally {
      refused.abort()
      await losing
    }
    expect((await of(answer)).map(({ status, starts }) => [status, starts])).toEqual([[2, 1]])
    writeFileSync(open, '')
    expect((await finished(answer)).map(({ exitCode, starts, vm: last }) => [exitCode, starts, last])).toEqual([
      [0, 1, vm],
    ])
  })

  it.concurrent.each([
    [THIRD, -600],
    [FOURTH, 300],
    ['c1-3.75gb-15', 900],
  ])(
    'is never lost when it comes about the end of the keepalive (%s, %i ms)',
    { timeout: 60_000 },
    async (flavor, offset) => {
      const file = `last-moment-${offset}.sub`
      const text = [
        'executable = job.sh',
        'arguments = $(Cluster).$(Process) 2',
        'request_memory = 100',
        'queue 1',
        'hold = True',
        'queue 1',
        '',
      ]
      writeOwn(own.site.account, join(own.site.account.home, 'work', file), text.join('\n'), 0o644)
      const answer = await own.enter(file, [], flavor)
      const [first] = await until(
        'the first job to end',
        () => of(answer),
        (jobs) => jobs.some(({ left }) => left),
      )
      expect(first).toBeDefined()
      await sleep(KEEPALIVE + offset)
      expect(await asAstronomer('condor_release', `${answer.clusters[0]?.id}.1`)).toMatchObject({ exitCode: 0 })
      expect((await finished(answer)).map(({ exitCode, starts }) => [exitCode, starts])).toEqual([
        [0, 1],
        [0, 1],
      ])
    },
  )
})

describe('the job of a VM that fails', () => {
  /** Long before its lease would be over: the default, forty minutes. */
  const SOON = 30_000

  /** Until this exists the job takes, however slow the machine is. */
  const gate = (name: string): string => join(own.site.account.home, name)

  async function runsAgain(answer: Answer, { id, vm }: { id: string; vm: string }, open: string): Promise<void> {
    const lease = await own.site.pool.tool('condor_q', ['-allusers', id, '-af', 'JobLeaseDuration'])
    expect(lease.trim()).toMatch(/^(2400|undefined)$/)
    await until(
      'the job to be free',
      () => of(answer),
      ([job]) => job?.status === 1 || job?.vm !== vm,
      SOON,
    )
    writeFileSync(open, '')
    const jobs = await finished(answer)
    expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual([[0, 2]])
    expect(jobs[0]?.vm).not.toBe(vm)
  }

  it.concurrent('because its server vanished runs on another', { timeout: 60_000 }, async () => {
    const answer = await own.submit('vanish.sub', { jobs: 1, until: gate('vanish'), flavor: FIRST })
    const job = await running(answer)
    await cloud.admin.vanish(job.vm)
    await runsAgain(answer, job, gate('vanish'))
    expect(await ended(job.vm)).toMatchObject({ result: { reason: 'Vanished' } })
  })

  it.concurrent('because its server was switched off runs on another', { timeout: 60_000 }, async () => {
    const answer = await own.submit('off.sub', { jobs: 1, until: gate('off'), flavor: SECOND })
    const job = await running(answer)
    await cloud.admin.setState(job.vm, 'SHUTOFF')
    await runsAgain(answer, job, gate('off'))
    expect(await ended(job.vm)).toMatchObject({ result: { reason: 'SelfShutdown' } })
  })

  it.concurrent('because its server went into ERROR runs on another', { timeout: 60_000 }, async () => {
    const answer = await own.submit('error.sub', { jobs: 1, until: gate('error'), flavor: THIRD })
    const job = await running(answer)
    await cloud.admin.setState(job.vm, 'ERROR', 'the host has failed')
    await runsAgain(answer, job, gate('error'))
    expect(await ended(job.vm)).toMatchObject({ result: { reason: 'CloudError' } })
  })

  // the master of a worker VM ends with its startd, and the VM with its master
  it.concurrent('because its startd was killed while it drained runs on another', { timeout: 60_000 }, async () => {
    const answer = await own.submit('drain.sub', { jobs: 1, until: gate('drain'), flavor: FOURTH })
    const job = await running(answer)
    expect(await own.site.cli(['vm', 'retire', job.vm, '--yes'])).toMatchObject({ exitCode: 0 })
    const guest = own.site.runner.guests().find(({ name }) => name === job.vm)?.process
    if (guest === undefined) throw new Error('the VM has no guest')
    const table = allProcesses()
    const below = new Set(withDescendants([guest], table).map(({ pid }) => pid))
    const startd = table.find(({ pid, command }) => command === 'condor_startd' && below.has(pid))
    process.kill(startd?.pid ?? Number.NaN, 'SIGKILL')
    await runsAgain(answer, job, gate('drain'))
    expect(await ended(job.vm)).toMatchObject({ result: { reason: 'SelfShutdown' } })
  })
})

describe('a drain that the worker forgot', () => {
  it('is asked for again', { timeout: 60_000 }, async () => {
    const answer = await own.submit('forgot.sub', { jobs: 1, seconds: 12, flavor: FOURTH })
    const { vm } = await running(answer)
    const drains = async () =>
      (await own.site.pool.tool('condor_status', [vm, '-constraint', 'PartitionableSlot', '-af', 'Draining'])).trim()
    expect(await own.site.cli(['vm', 'retire', vm, '--yes'])).toMatchObject({ exitCode: 0 })
    await until('the worker to drain', drains, (word) => word === 'true')
    await own.site.pool.tool('condor_drain', ['-cancel', vm])
    await until('the worker to serve again', drains, (word) => word !== 'true', 10_000)
    await until('the worker to drain again', drains, (word) => word === 'true', 20_000)
    const jobs = await finished(answer)
    expect(jobs.map(({ exitCode, starts, vm: last }) => [exitCode, starts, last])).toEqual([[0, 1, vm]])
    expect(await ended(vm)).toMatchObject({ result: { reason: 'Retired' } })
  })
})

describe('in the end', () => {
  it('nothing is left, and no VM was booted twice', async () => {
    await quiet(own)
    expect(await breaches(own)).toEqual([])
  })
})
