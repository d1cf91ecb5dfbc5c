import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SubmissionResult } from '#contract/submission.ts'
import { draw } from '#testbed/front/match.ts'
import { quiet } from './audit.ts'
import { ended, firstSubmit, killSubmits } from './condor-submits.ts'
import { startCrashSite, until, type Answer, type CrashSite } from './crash-site.ts'

/** Eight processors: one VM runs the jobs of several submissions. */
const LARGE = 'c8-30gb-186'
// CANFAR_SEED repeats a run that found something
const seed = Number(process.env['CANFAR_SEED'] ?? 20251121)
let drawn = 0
const random = (from: number, to: number): number => from + draw(seed, drawn++) * (to - from)

let own: CrashSite
const worker = () => own.site.worker.daemon()?.process

beforeAll(async () => {
  own = await startCrashSite({ keepalive: '8s', clouds: [{ name: 'arbutus' }] })
})
afterAll(async () => {
  console.log(`seed ${seed}: ${own.kills()} worker processes were killed`)
  await own[Symbol.asyncDispose]()
})

/** The copies of the user's credential that are kept for submissions. */
const copies = (): string[] => {
  const folder = join(own.site.account.home, '.local', 'state', 'canfar-batch', 'credentials')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** Submissions that begin one after the other. */
const many = (name: string, count: number, jobs: number, apart = 0): Promise<Answer[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await sleep(n * apart)
      return own.submit(`${name}-${n}.sub`, { jobs, cpus: 1, flavor: LARGE })
    }),
  )

/** Each of them is one cluster whose jobs all ran once; what arrived besides was removed and never ran. */
async function ranOnce(answers: Answer[], jobs: number): Promise<void> {
  const all = await until('the jobs to leave', own.jobs, (list) => list.every(({ left }) => left), 90_000)
  const began = own.began()
  for (const { submission, clusters } of answers) {
    expect(clusters).toMatchObject([{ jobs }])
    const mine = all.filter((job) => job.submission === submission)
    const kept = mine.filter(({ id }) => id.startsWith(`${clusters[0]?.id}.`))
    expect(kept.map(({ status, exitCode, starts }) => [status, exitCode, starts])).toEqual(kept.map(() => [4, 0, 1]))
    expect(kept).toHaveLength(jobs)
    const others = mine.filter((job) => !kept.includes(job))
    expect(others.map(({ status, starts }) => [status, starts])).toEqual(others.map(() => [3, 0]))
    for (const { id } of mine)
      expect([id, began.filter((one) => one === id).length]).toEqual([id, kept.some((job) => job.id === id) ? 1 : 0])
  }
  expect(new Set(answers.map(({ submission }) => submission)).size).toBe(answers.length)
}

describe('jobs are submitted once', () => {
  it('when condor_submit is killed at any time', { timeout: 120_000 }, async () => {
    const answers: Answer[] = []
    let killed = 0
    // some end before they are hit: how many depends on the machine
    for (let round = 0; killed < 5 && round < 6; round++) {
      let left = 12
      using hunt = new Hunt(() => (left-- > 0 ? random(0, 40) : undefined))
      answers.push(...(await many(`tool-${round}`, 6, 2, 200)))
      killed += await hunt.end()
    }
    console.log(`${killed} of condor_submit were killed`)
    expect(killed).toBeGreaterThanOrEqual(5)
    await ranOnce(answers, 2)
  })

  it('when the worker process is killed at any time', { timeout: 120_000 }, async () => {
    const answers: Answer[] = []
    const moments = [
      // the jobs have just arrived, and nobody has been told
      async () => ended(await firstSubmit(worker)),
      // they are just arriving
      async () => sleep(await firstSubmit(worker).then(() => random(0, 40))),
      async () => sleep(random(700, 2500)),
    ]
    for (const [round, moment] of moments.entries()) {
      const submitted = many(`worker-${round}`, 4, 2, random(100, 400))
      await moment()
      await own.crash()
      await own.restart()
      answers.push(...(await submitted))
    }
    await ranOnce(answers, 2)
  })

  it('when the schedd is killed and starts again', { timeout: 90_000 }, async () => {
    const submitted = many('schedd', 4, 2, 150)
    await firstSubmit(worker)
    await sleep(random(0, 40))
    await own.site.pool.killDaemon('schedd')
    await ranOnce(await submitted, 2)
  })

  it('when Enter is pressed twice, and again if that is wished', { timeout: 60_000 }, async () => {
    const file = own.write('twice.sub', { jobs: 2, cpus: 1, seconds: 3 })
    await own.crash()
    const earlier = new Set(copies())
    const news = () => copies().filter((name) => !earlier.has(name))
    // both wait for the same moment: neither finds the other's
    const temporal = own.site.temporal.daemon().process.pid
    process.kill(temporal, 'SIGSTOP')
    const both = Promise.all([own.enter(file, [], LARGE), own.enter(file, [], LARGE)])
    await sleep(1500)
    process.kill(temporal, 'SIGCONT')
    await until('one submission', news, (names) => names.length > 0)
    await own.restart()
    const [first, second] = await both
    expect(first).toMatchObject({ exitCode: 0 })
    expect([first, second].filter(({ alreadyRunning }) => alreadyRunning)).toHaveLength(1)
    // the other's copy of the credential is of no use to anybody
    expect(news()).toHaveLength(Object.keys(own.site.clouds).length)
    expect(second).toMatchObject({ exitCode: 0, submission: first.submission, clusters: first.clusters })
    const third = await own.enter(file, [], LARGE)
    expect(third).toMatchObject({ submission: first.submission, alreadyRunning: true })
    const again = await own.enter(file, ['--again'], LARGE)
    expect(again).toMatchObject({ exitCode: 0, alreadyRunning: false })
    expect(again.submission).not.toBe(first.submission)
    await ranOnce([first, again], 2)
  })
})

describe('a submission that is cancelled', () => {
  /** No job of it is in the queue, and it says so itself. */
  async function removed(workflowId: string): Promise<void> {
    const handle = own.client.workflow.getHandle(workflowId)
    const result = (await handle.result()) as SubmissionResult
    const mine = (await own.jobs()).filter(({ submission }) => submission === result.id)
    expect(mine.map(({ left, status }) => [left, status])).toEqual(mine.map(() => [true, 3]))
    expect(result).toMatchObject({ counts: { removed: mine.length, completed: 0 } })
  }

  it('has no jobs any more, running ones included', { timeout: 60_000 }, async () => {
    const { submission, workflowId } = await own.submit('cancel.sub', { jobs: 2, cpus: 8, seconds: 120, flavor: LARGE })
    await until('a job to run', own.jobs, (jobs) =>
      jobs.some((job) => job.submission === submission && job.status === 2),
    )
    await own.client.workflow.getHandle(workflowId).cancel()
    await removed(workflowId)
    expect((await own.jobs()).filter((job) => job.submission === submission)).toHaveLength(2)
  })

  it('while its jobs are being submitted, leaves none', { timeout: 60_000 }, async () => {
    for (let round = 0, seen = 0; seen < 4; round++) {
      const began = Date.now()
      const entered = own.enter(own.write(`cancel-${round}.sub`, { jobs: 3 }), [], LARGE)
      const tool = firstSubmit(worker).catch(() => undefined)
      // the tool lives for milliseconds, and nobody may have looked in them
      if ((await Promise.race([tool, entered.then(() => undefined)])) === undefined) continue
      seen += 1
      await sleep(random(0, 40))
      const running = own.client.workflow.list({ query: `WorkflowType = 'submission' AND ExecutionStatus = 'Running'` })
      for await (const { workflowId, startTime } of running) {
        // one of before may not have heard yet that its jobs are done
        if (startTime.getTime() < began) continue
        await own.client.workflow.getHandle(workflowId).cancel()
        await removed(workflowId)
      }
      await entered
    }
    await quiet(own)
    expect((await own.jobs()).filter(({ left }) => !left)).toEqual([])
  })
})

/** Kills condor_submit again and again until told to end. */
class Hunt implements Disposable {
  readonly #stop = new AbortController()
  readonly #killed: Promise<number>

  constructor(delay: () => number | undefined) {
    this.#killed = killSubmits(worker, delay, this.#stop.signal)
  }

  end(): Promise<number> {
    this.#stop.abort()
    return this.#killed
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
  }
}
