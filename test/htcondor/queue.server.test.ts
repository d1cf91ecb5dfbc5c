import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessPoint } from '#htcondor/access-point.ts'
import { act } from '#htcondor/act-on-jobs.ts'
import { demand } from '#htcondor/demand.ts'
import { dryRun } from '#htcondor/dry-run.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { historyBySubmission } from '#htcondor/history.ts'
import { job, jobAds, jobs } from '#htcondor/jobs.ts'
import { literalOf } from '#htcondor/long-ad.ts'
import { runAs } from '#htcondor/run-as.ts'
import { countsBySubmission } from '#htcondor/submission-counts.ts'
import { submitOnce } from '#htcondor/submit-once.ts'
import { toolEnvironment } from '#htcondor/tools.ts'
import { totals } from '#htcondor/totals.ts'
import { submitFile } from './submit-file.ts'
import { collect, startTestPool, until, type TestPool } from './test-pool.ts'

let site: TestPool

beforeAll(async () => {
  site = await startTestPool()
})
afterAll(async () => site[Symbol.asyncDispose]())

async function write(name: string, text: string): Promise<string> {
  const file = join(site.as.home, `${name}.sub`)
  await writeFileAs(site.as, file, text)
  return file
}

async function submit(submission: string, text: string, factory = false) {
  const file = await write(submission, text)
  return submitOnce(site.tools, { as: site.as, submission, file, directory: site.as.home, factory })
}

describe('an empty queue', () => {
  it('is an answer', async () => {
    expect(await demand(site.tools)).toEqual({ groups: [], unreadable: 0 })
    expect(await totals(site.tools)).toEqual({
      jobs: 0,
      idle: 0,
      running: 0,
      held: 0,
      completed: 0,
      removed: 0,
      suspended: 0,
    })
    expect(await countsBySubmission(site.tools)).toEqual([])
    expect(await collect(jobs(site.tools, { history: 'also' }))).toEqual([])
    expect(await historyBySubmission(site.tools, { submissions: ['none'] })).toEqual([])
    expect(await act(site.tools, 'remove', 'true')).toBe(0)
    await expect(job(site.tools, '1.0')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('demand, with no worker in the pool', () => {
  it('groups idle jobs by what they need, and leaves held ones and strangers out', async () => {
    await submit(
      'small',
      submitFile({ lines: ['request_memory = 100 + 24', '+VMKeepAlive = 2 + 3'], queue: 'queue 3' }),
    )
    await submit(
      'large',
      submitFile({
        lines: [
          'request_cpus = 4',
          'request_memory = 8GB',
          '+TargetClouds = "east, other"',
          '+VMHighPriority = 1',
          'priority = 7',
        ],
        queue: 'queue 2',
      }),
    )
    await submit('held', submitFile({ lines: ['+CanfarUserHold = True'], queue: 'queue 5' }))
    await submit(
      'factory',
      submitFile({ lines: ['max_materialize = 1', 'request_memory = 333'], queue: 'queue 9' }),
      true,
    )
    const stranger = await write('stranger', submitFile({}).replace('hold = True', ''))
    await runAs(site.as, ['condor_submit', stranger], { env: toolEnvironment(site.tools, site.as) })
    await until(
      async () => totals(site.tools),
      ({ jobs: count }) => count === 12,
    )

    const { groups, unreadable } = await demand(site.tools)
    expect(unreadable).toBe(0)
    const shared = {
      owner: site.as.user,
      vmType: 'proj:image',
      images: { arbutus: 'img-1', east: 'img-1' },
      flavors: { arbutus: 'flv-1', east: 'flv-1' },
    }
    const find = (memoryMb: number) => groups.find((group) => group.memoryMb === memoryMb)
    expect(groups).toHaveLength(3)
    expect(find(124)).toMatchObject({
      ...shared,
      cpus: 1,
      keepaliveMinutes: 5,
      targetClouds: [],
      highPriority: false,
      priority: 0,
      count: 3,
    })
    expect(find(8192)).toMatchObject({
      ...shared,
      cpus: 4,
      keepaliveMinutes: 3,
      targetClouds: ['east', 'other'],
      highPriority: true,
      priority: 7,
      count: 2,
    })
    // one that the factory has made, eight that it will make
    expect(find(333)).toMatchObject({ ...shared, count: 9 })
    expect(find(124)?.requirements).toContain('stringListIMember(TARGET.VMAMI,MY.VMAMI)')
    expect(Math.abs((find(124)?.waitingSince ?? 0) - Date.now())).toBeLessThan(60_000)
    const again = await demand(site.tools)
    expect(again.groups.map(({ id }) => id)).toEqual(groups.map(({ id }) => id))
  })

  it('gives each group a job whose ad can be had', async () => {
    const { groups } = await demand(site.tools)
    const ads = await jobAds(
      site.tools,
      groups.map(({ sample }) => sample),
    )
    expect(ads.map(({ id }) => id).toSorted()).toEqual(groups.map(({ sample }) => sample).toSorted())
    for (const { ad } of ads) expect(literalOf(ad['VMType'])).toBe('proj:image')
  })

  it('cannot be forged by values with tabs and line ends', async () => {
    await act(site.tools, 'remove', 'true')
    const forged = 'x\\nword\\troot\\t1\\tproj:stolen\\ty'
    await submit(
      'forged',
      submitFile({ lines: [`+VMKeepAlive = eval("\\"${forged}\\"")`, '+TargetClouds = "a\tb"'], queue: 'queue 2' }),
    )
    await submit('honest', submitFile({ queue: 'queue 1' }))
    const { groups, unreadable } = await demand(site.tools)
    expect(groups).toMatchObject([{ owner: site.as.user, vmType: 'proj:image', count: 1 }])
    expect(unreadable).toBe(2)
  })
})

describe('counts', () => {
  it('are by submission, and history has how jobs ended', async () => {
    await act(site.tools, 'remove', 'true')
    await site.addWorker('canfar-arbutus-0000000000000001', { cpus: 4 })
    const since = Date.now()
    await submit('good', submitFile({ queue: 'queue 2' }))
    await submit('bad', submitFile({ command: 'exit 3', queue: 'queue 1' }))
    await submit('killed', submitFile({ command: 'kill -9 $$', queue: 'queue 1' }))
    await submit('long', submitFile({ command: 'sleep 60', queue: 'queue 1' }))
    await submit('waiting', submitFile({ lines: ['+CanfarUserHold = True'], queue: 'queue 2' }))
    const submissions = ['good', 'bad', 'killed', 'long', 'waiting']
    const counts = await until(
      async () => countsBySubmission(site.tools, { submissions }),
      (all) => all.length === 2 && all.some(({ running }) => running === 1),
    )
    expect(counts.find(({ submission }) => submission === 'long')).toMatchObject({
      owner: site.as.user,
      running: 1,
      idle: 0,
    })
    expect(counts.find(({ submission }) => submission === 'waiting')).toMatchObject({
      held: 2,
      submittedOnHold: 2,
      holdReasons: [],
    })
    await act(site.tools, 'hold', 'CanfarSubmission == "long"', { reason: 'enough for today' })
    const [held] = await countsBySubmission(site.tools, { submissions: ['long'] })
    expect(held).toMatchObject({ held: 1, submittedOnHold: 0, holdReasons: [{ jobs: 1 }] })
    expect(held?.holdReasons[0]?.reason).toContain('enough for today')
    expect(await act(site.tools, 'remove', 'CanfarSubmission == "waiting"', { as: site.as })).toBe(2)
    const history = await until(
      async () => historyBySubmission(site.tools, { submissions, since }),
      (all) => all.length === 4,
    )
    const of = (name: string) => history.find(({ submission }) => submission === name)
    expect(of('good')).toMatchObject({ completed: 2, failed: 0, removed: 0 })
    expect(of('bad')).toMatchObject({ completed: 0, failed: 1, failures: { 'exit 3': 1 } })
    expect(of('killed')).toMatchObject({ failed: 1, failures: { 'signal 9': 1 } })
    expect(of('waiting')).toMatchObject({ removed: 2, completed: 0 })
    const [row] = await collect(jobs(site.tools, { submission: 'bad', history: 'also' }))
    expect(row).toMatchObject({
      status: 'completed',
      exitCode: 3,
      owner: site.as.user,
      vm: 'canfar-arbutus-0000000000000001',
      starts: 1,
    })
  })

  it("cannot be changed by another's command", async () => {
    await submit('mine', submitFile({ lines: ['+CanfarUserHold = True'] }))
    const nobody = { user: 'nobody', uid: 65_534, gid: 65_534, home: '/' }
    await expect(act(site.tools, 'remove', 'CanfarSubmission == "mine"', { as: nobody })).rejects.toMatchObject({
      code: 'denied',
      retryable: false,
    })
  })
})

describe('a dry run', () => {
  const run = async (text: string) =>
    dryRun(site.tools, { as: site.as, file: await write('dry', text), directory: site.as.home })

  it('tells jobs and what they ask for, without submitting', async () => {
    const before = await totals(site.tools)
    const text =
      submitFile({
        lines: ['request_memory = 1GB', 'request_disk = 2000 + 6', 'request_cpus = 1 + $(Process)'],
        queue: 'queue 2',
      }) + 'executable = /bin/echo\nqueue 3\n'
    const answer = await run(text)
    expect(answer).toMatchObject({ jobs: 5, factory: false, more: false, clusters: [{ jobs: 2 }, { jobs: 3 }] })
    const kinds = answer.kinds.map(({ cluster, proc, jobs: count, cpus, memoryMb, diskKb, executable }) => [
      cluster,
      proc,
      count,
      cpus,
      memoryMb,
      diskKb,
      executable,
    ])
    expect(kinds.slice(0, 2)).toEqual([
      [1, 0, 1, 1, 1024, 2006, '/bin/sh'],
      [1, 1, 1, 2, 1024, 2006, '/bin/sh'],
    ])
    expect(kinds).toHaveLength(5)
    expect(answer.kinds[0]?.ad).toMatchObject({ VMType: '"proj:image"', JobUniverse: '5' })
    expect(await totals(site.tools)).toEqual(before)
  })

  it('knows a job factory, and counts its jobs', async () => {
    expect(await run(submitFile({ lines: ['max_materialize = 2'], queue: 'queue 7' }))).toMatchObject({
      jobs: 7,
      factory: true,
      kinds: [{ jobs: 7 }],
    })
  })

  it.each([
    ['a line that is none', 'executable = /bin/sh\nfoo bar\nqueue\n', { line: 2 }],
    ['no queue statement', 'executable = /bin/sh\n', { line: 1, message: 'no queue statement' }],
    ['an open list', 'executable = /bin/sh\nqueue a from (\n', { line: 2 }],
    [
      'a missing included file',
      'executable = /bin/sh\ninclude : none.txt\nqueue\n',
      { line: 2, message: "can't open file none.txt: No such file or directory" },
    ],
    ['a broken expression', 'executable = /bin/sh\n+Foo = abc def\nqueue\n', { attribute: 'Foo' }],
    ['a missing executable', 'executable = /nowhere\nqueue\n', { message: 'Executable file /nowhere does not exist' }],
  ])('says where the fault is: %s', async (_, text, submitFault) => {
    await expect(run(text)).rejects.toMatchObject({ code: 'invalid', retryable: false, submit: submitFault })
  })

  it('needs no schedd, and a file', async () => {
    await site.pool.stopDaemon('schedd')
    try {
      expect(await run(submitFile({}))).toMatchObject({ jobs: 1 })
      await expect(dryRun(site.tools, { as: site.as, file: '/nowhere.sub', directory: '/' })).rejects.toMatchObject({
        code: 'not-found',
      })
      await expect(demand(site.tools)).rejects.toMatchObject({ code: 'unreachable', retryable: true })
      await expect(countsBySubmission(site.tools)).rejects.toMatchObject({ code: 'unreachable' })
      await expect(totals(site.tools)).rejects.toMatchObject({ code: 'unreachable' })
      await expect(act(site.tools, 'release', 'true')).rejects.toMatchObject({ code: 'unreachable' })
      expect(await accessPoint(site.tools)).toMatchObject({
        missingTools: [],
        schedd: { ok: false },
        collector: { ok: true },
      })
    } finally {
      await site.pool.startDaemon('schedd')
    }
  })

  it('is given up when told so, and when a schedd hangs', async () => {
    const gaveUp = new Error('changed my mind')
    const controller = new AbortController()
    site.pool.pauseDaemon('schedd')
    try {
      setTimeout(() => controller.abort(gaveUp), 200)
      await expect(demand(site.tools, { signal: controller.signal })).rejects.toBe(gaveUp)
      await expect(totals({ ...site.tools, timeoutMs: 300 })).rejects.toMatchObject({
        code: 'timeout',
        retryable: true,
      })
    } finally {
      site.pool.resumeDaemon('schedd')
    }
    expect(await accessPoint({ ...site.tools, binDir: '/nowhere' })).toMatchObject({
      schedd: { ok: false, error: { code: 'missing-tool' } },
    })
  })
})
