import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act } from '#htcondor/act-on-jobs.ts'
import { readFileAs, writeFileAs } from '#htcondor/files-as.ts'
import { historyBySubmission } from '#htcondor/history.ts'
import { jobs } from '#htcondor/jobs.ts'
import { lookUpAttempts } from '#htcondor/look-up.ts'
import { countsBySubmission } from '#htcondor/submission-counts.ts'
import { removeDuplicates, submitOnce, type SubmitInput } from '#htcondor/submit-once.ts'
import type { CondorTools } from '#htcondor/tools.ts'
import { submitFile } from './submit-file.ts'
import { collect, startTestPool, until, type TestPool } from './test-pool.ts'

let site: TestPool
let number = 0

beforeAll(async () => {
  site = await startTestPool(() => ({ MAX_JOBS_PER_SUBMISSION: 100 }))
})
afterAll(async () => site[Symbol.asyncDispose]())

async function prepare(text: string, more: Partial<SubmitInput> = {}): Promise<SubmitInput> {
  const submission = `once-${++number}`
  const file = join(site.as.home, `${submission}.sub`)
  await writeFileAs(site.as, file, text)
  return { as: site.as, submission, file, directory: site.as.home, since: Date.now(), ...more }
}

const rows = async (submission: string) => collect(jobs(site.tools, { submission }))

/** Jobs of `queue n` that write their number into `ran` in the home of their user. */
const counting = (n: number) =>
  submitFile({ command: 'echo $(Cluster).$(Process) >> $ENV(PWD)/ran; exit 0', queue: `queue ${n}` })

async function ran(): Promise<string[]> {
  return (await readFileAs(site.as, join(site.as.home, 'ran')).catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
}

/** Tools whose condor_submit is the given shell script; `$real` is the real one. */
async function withSubmit(script: string): Promise<CondorTools> {
  const folder = join(site.instance.folder, `bin-${++number}`)
  await mkdir(folder)
  for (const tool of ['condor_q', 'condor_history', 'condor_rm', 'condor_release'])
    await writeFile(join(folder, tool), `#!/bin/sh\nexec ${site.pool.binDir}/${tool} "$@"\n`, { mode: 0o755 })
  await writeFile(join(folder, 'condor_submit'), `#!/bin/sh\nreal=${site.pool.binDir}/condor_submit\n${script}\n`, {
    mode: 0o755,
  })
  await chmod(folder, 0o755)
  return { ...site.tools, binDir: folder }
}

describe('a submission', () => {
  it('arrives once, released, whoever asks again', async () => {
    const input = await prepare(submitFile({ queue: 'queue 3' }))
    const first = await submitOnce(site.tools, input)
    expect(first).toMatchObject({ found: false, removed: [], clusters: [{ procs: 3 }] })
    const second = await submitOnce(site.tools, input)
    expect(second).toMatchObject({ found: true, clusters: first.clusters })
    expect((await rows(input.submission)).map(({ status }) => status)).toEqual(['idle', 'idle', 'idle'])
  })

  it('of several clusters is one submission', async () => {
    const second = 'executable = /bin/echo\nqueue 2\n'
    const input = await prepare(submitFile({ queue: 'queue 3' }) + second)
    const { clusters, warnings } = await submitOnce(site.tools, input)
    expect(clusters.map(({ procs }) => procs)).toEqual([3, 2])
    expect(warnings.join()).not.toContain('canfar')
    expect((await submitOnce(site.tools, input)).clusters).toEqual(clusters)
  })

  it('keeps the hold that its user asked for', async () => {
    const input = await prepare(submitFile({ lines: ['+CanfarUserHold = True'], queue: 'queue 2' }))
    await submitOnce(site.tools, input)
    await submitOnce(site.tools, input)
    expect((await rows(input.submission)).map(({ status }) => status)).toEqual(['held', 'held'])
  })

  it('of a job factory waits as a whole, then makes jobs that are not held', async () => {
    const input = await prepare(submitFile({ lines: ['max_materialize = 2'], queue: 'queue 7' }), { factory: true })
    const { clusters } = await submitOnce(site.tools, input)
    expect(clusters).toMatchObject([{ procs: 7 }])
    expect((await submitOnce(site.tools, input)).clusters).toEqual(clusters)
    const made = await until(
      async () => rows(input.submission),
      (all) => all.length === 2,
    )
    expect(made.map(({ status }) => status)).toEqual(['idle', 'idle'])
    const [counts] = await countsBySubmission(site.tools, { submissions: [input.submission] })
    expect(counts).toMatchObject({ idle: 2, unmaterialised: 5, pausedFactories: 0 })
  })

  it('that is wrong is refused with the reason, and nothing arrives', async () => {
    const input = await prepare('executable = /bin/sh\nqueue x from nowhere.txt\n')
    await expect(submitOnce(site.tools, input)).rejects.toMatchObject({
      code: 'invalid',
      retryable: false,
      submit: { line: 2 },
    })
    expect(await lookUpAttempts(site.tools, input)).toEqual([])
  })

  it('that the schedd does not take is refused with its reason', async () => {
    const input = await prepare(submitFile({ queue: 'queue 101' }))
    await expect(submitOnce(site.tools, input)).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
      message: expect.stringContaining('MAX_JOBS_PER_SUBMISSION') as string,
    })
    const root = { user: 'root', uid: 0, gid: 0, home: '/root' }
    await expect(submitOnce(site.tools, { ...input, as: root })).rejects.toMatchObject({ code: 'refused' })
  })

  it("does not touch another user's jobs of the same id", async () => {
    const input = await prepare(submitFile({}))
    await submitOnce(site.tools, input)
    const attempts = await lookUpAttempts(site.tools, { ...input, as: { ...input.as, user: 'somebody' } })
    expect(attempts).toEqual([])
  })
})

describe('when condor_submit', () => {
  it('dies after the jobs arrived, they are found', async () => {
    const input = await prepare(submitFile({ queue: 'queue 2' }))
    const tools = await withSubmit('$real "$@"; kill -9 $$')
    expect(await submitOnce(tools, input)).toMatchObject({ clusters: [{ procs: 2 }] })
    expect(await lookUpAttempts(tools, input)).toHaveLength(1)
  })

  it('dies before they arrived, the failure is told and the next call submits', async () => {
    const input = await prepare(submitFile({ queue: 'queue 2' }))
    await expect(submitOnce(await withSubmit('kill -9 $$'), input)).rejects.toMatchObject({ retryable: true })
    expect(await submitOnce(site.tools, input)).toMatchObject({ found: false, clusters: [{ procs: 2 }] })
  })

  it('of an earlier call arrives late, its jobs never run and are removed', async () => {
    const input = await prepare(submitFile({ queue: 'queue 2' }))
    const go = join(site.as.home, 'go')
    const whenTold = `for i in $(seq 300); do [ -e ${go} ] && break; sleep 0.1; done`
    const late = await withSubmit(`(${whenTold}; exec $real "$@") </dev/null >/dev/null 2>&1 & kill -9 $$`)
    await expect(submitOnce(late, input)).rejects.toMatchObject({ retryable: true })
    const { clusters } = await submitOnce(site.tools, input)
    await writeFileAs(site.as, go, '')
    await until(
      async () => lookUpAttempts(site.tools, input),
      (all) => all.length === 2,
    )
    const held = (await rows(input.submission)).filter(({ status }) => status === 'held')
    expect(held).toHaveLength(2)
    expect(await removeDuplicates(site.tools, input)).toHaveLength(1)
    const left = await until(
      async () => rows(input.submission),
      (all) => all.length === 2,
    )
    expect(new Set(left.map(({ id }) => Number(id.split('.')[0])))).toEqual(new Set(clusters.map(({ id }) => id)))
    expect(await submitOnce(site.tools, input)).toMatchObject({ found: true, clusters, removed: [] })
  })

  it('runs in two calls at once, one arrival is kept', async () => {
    const input = await prepare(submitFile({ queue: 'queue 2' }))
    const both = await Promise.all([submitOnce(site.tools, input), submitOnce(site.tools, input)])
    expect(both[0]?.clusters).toEqual(both[1]?.clusters)
    await submitOnce(site.tools, input)
    const left = await until(
      async () => rows(input.submission),
      (all) => all.length === 2,
    )
    expect(left.map(({ status }) => status)).toEqual(['idle', 'idle'])
  })
})

describe('the schedd', () => {
  it('that is away is unreachable, which is not the same as an empty queue', async () => {
    const input = await prepare(submitFile({}))
    await site.pool.stopDaemon('schedd')
    try {
      await expect(submitOnce(site.tools, input)).rejects.toMatchObject({ code: 'unreachable', retryable: true })
      await expect(lookUpAttempts(site.tools, input)).rejects.toMatchObject({ code: 'unreachable' })
    } finally {
      await site.pool.startDaemon('schedd')
    }
    await until(
      async () => submitOnce(site.tools, input).catch(() => undefined),
      (done) => done !== undefined,
    )
    expect(await lookUpAttempts(site.tools, input)).toHaveLength(1)
  })

  it('that is killed while jobs arrive leaves one submission', async () => {
    const input = await prepare(submitFile({ queue: 'queue 50' }))
    const first = submitOnce(site.tools, input).catch((error: unknown) => error)
    await sleep(40)
    await site.pool.killDaemon('schedd')
    await first
    const done = await until(
      async () => submitOnce(site.tools, input).catch(() => undefined),
      (answer) => answer !== undefined,
    )
    expect(done?.clusters).toMatchObject([{ procs: 50 }])
    expect(await rows(input.submission)).toHaveLength(50)
    await act(site.tools, 'remove', `CanfarSubmission == "${input.submission}"`)
  })
})

describe('when the process is killed at any moment', () => {
  it('each job has run exactly once in the end', { timeout: 120_000 }, async () => {
    await act(site.tools, 'remove', 'true')
    await site.addWorker('canfar-arbutus-0000000000000001', { cpus: 4 })
    const program = fileURLToPath(new URL('submit-once-process.ts', import.meta.url))
    const inputs: SubmitInput[] = []
    for (let round = 0; round < 12; round++) {
      const input = await prepare(counting(3).replaceAll('$ENV(PWD)', site.as.home))
      inputs.push(input)
      const child = spawn(process.execPath, [program, JSON.stringify(site.tools), JSON.stringify(input)], {
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      // from before its first question to after its last
      await sleep(60 + round * 25)
      child.kill('SIGKILL')
      await ended
      const { clusters } = await submitOnce(site.tools, input)
      expect(clusters).toMatchObject([{ procs: 3 }])
    }
    const submissions = inputs.map(({ submission }) => submission)
    await until(
      async () => countsBySubmission(site.tools, { submissions }),
      (counts) => counts.length === 0,
      60_000,
    )
    const all = await ran()
    expect(new Set(all).size).toBe(all.length)
    expect(all).toHaveLength(3 * inputs.length)
    const history = await historyBySubmission(site.tools, { submissions })
    expect(history.map(({ completed }) => completed)).toEqual(inputs.map(() => 3))
  })
})
