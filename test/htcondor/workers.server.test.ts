import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act } from '#htcondor/act-on-jobs.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { cancelDrain, drain, drainIfEmpty, drainState } from '#htcondor/drain.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { forgetWorker } from '#htcondor/forget-worker.ts'
import { holdAndRelease } from '#htcondor/hold-and-release.ts'
import { jobAds, jobs } from '#htcondor/jobs.ts'
import { matches, type TemplateSlot } from '#htcondor/match.ts'
import { submitOnce } from '#htcondor/submit-once.ts'
import { createWorkerToken } from '#htcondor/tokens.ts'
import { worker, workers } from '#htcondor/workers.ts'
import { submitFile } from './submit-file.ts'
import { collect, seen, startTestPool, until, type TestPool } from './test-pool.ts'

let site: TestPool
const first = 'canfar-arbutus-0000000000000001'
const second = 'canfar-east-0000000000000002'

beforeAll(async () => {
  site = await startTestPool()
})
afterAll(async () => site[Symbol.asyncDispose]())

async function submit(submission: string, text: string): Promise<void> {
  const file = join(site.as.home, `${submission}.sub`)
  await writeFileAs(site.as, file, text)
  await submitOnce(site.tools, { as: site.as, submission, file, directory: site.as.home })
}

const running = async (submission: string) => collect(jobs(site.tools, { submission, status: 'running' }))
const stateOf = async (vm: string) => drainState(site.tools, vm)

describe('workers', () => {
  it('are none in a new pool, whose collector says since when it listens', async () => {
    const answer = await until(
      async () => workers(site.tools),
      ({ collectorSince }) => collectorSince !== undefined,
    )
    expect(answer).toMatchObject({ workers: [], impostors: [] })
    expect(Math.abs((answer.collectorSince ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('are what their ads say, and what runs on them', async () => {
    await site.addWorker(first)
    const { workers: empty, impostors } = await seen(site)
    expect(impostors).toEqual([])
    expect(empty).toMatchObject([
      {
        vm: first,
        cloud: 'arbutus',
        tenant: site.as.user,
        identity: `${site.as.user}.${first}@pool.test`,
        vmType: 'proj:image',
        vmami: 'arbutus:img-1',
        vmInstanceType: 'arbutus:flv-1',
        free: { cpus: 2, memoryMb: 4096 },
        total: { cpus: 2, memoryMb: 4096 },
        dynamicSlots: 0,
        claimed: 0,
        jobStarts: 0,
        drained: false,
        draining: false,
      },
    ])
    await submit('two', submitFile({ command: 'sleep 30', lines: ['+VMKeepAlive = 7'], queue: 'queue 2' }))
    const busy = await until(
      async () => worker(site.tools, first),
      (ad) => ad?.claimed === 2 && ad.dynamicSlots === 2,
    )
    expect(busy).toMatchObject({ free: { cpus: 0 }, jobStarts: 2, keepaliveMinutes: 7, drained: false })
    expect(await collect(jobs(site.tools, { submission: 'two' }))).toMatchObject([{ vm: first }, { vm: first }])
  })

  it('whose identity is another are impostors', async () => {
    const { workers: known } = await workers(site.tools, { trustDomain: 'elsewhere.test' })
    expect(known).toEqual([])
    const { impostors } = await workers(site.tools, { trustDomain: 'elsewhere.test' })
    expect(impostors[0]).toMatchObject({ why: 'its identity is of pool.test' })
  })
})

describe('a drain', () => {
  it('if empty is refused by a worker with a job, which goes on', async () => {
    expect(await drainIfEmpty(site.tools, first, 'test')).toBe('busy')
    expect(await stateOf(first)).toBe('serving')
    expect(await running('two')).toHaveLength(2)
  })

  it('lets jobs end and takes no more; asking again changes nothing', async () => {
    expect(await drain(site.tools, first, 'test')).toBe('draining')
    expect(await drain(site.tools, first, 'test')).toBe('draining')
    await until(
      async () => stateOf(first),
      (state) => state === 'draining',
    )
    expect(await running('two')).toHaveLength(2)
    await act(site.tools, 'remove', 'CanfarSubmission == "two"')
    await until(
      async () => stateOf(first),
      (state) => state === 'drained',
    )
    expect(await worker(site.tools, first)).toMatchObject({
      drained: true,
      dynamicSlots: 0,
      drainReason: expect.stringContaining('test') as string,
    })
  })

  it('is cancelled', async () => {
    expect(await cancelDrain(site.tools, first)).toBe('serving')
    expect(await cancelDrain(site.tools, first)).toBe('serving')
    await until(
      async () => stateOf(first),
      (state) => state === 'serving',
    )
  })

  it('if empty drains an empty worker', async () => {
    expect(await drainIfEmpty(site.tools, first, 'test')).toBe('draining')
    await until(
      async () => stateOf(first),
      (state) => state === 'drained',
    )
    await cancelDrain(site.tools, first)
    await until(
      async () => stateOf(first),
      (state) => state === 'serving',
    )
  })

  it('of nobody is told apart from a collector that is away', async () => {
    expect(await drainIfEmpty(site.tools, 'canfar-nowhere-1', 'test')).toBe('gone')
    expect(await stateOf('canfar-nowhere-1')).toBe('absent')
    await site.pool.tool('condor_off', ['-fast', '-daemon', 'collector'])
    try {
      await until(
        async () => workers(site.tools).catch((error: unknown) => error),
        (answer) => answer instanceof CondorError,
      )
      const away = { code: 'unreachable', retryable: true }
      await expect(drain(site.tools, first, 'test')).rejects.toMatchObject(away)
      await expect(workers(site.tools)).rejects.toMatchObject(away)
      await expect(stateOf(first)).rejects.toMatchObject(away)
    } finally {
      await site.pool.tool('condor_on', ['-daemon', 'collector'])
    }
    await until(
      async () => worker(site.tools, first).catch(() => undefined),
      (ad) => ad !== undefined,
    )
  })
})

describe('jobs of a VM that vanished', () => {
  it('are idle at once, though their lease still runs', async () => {
    const vm = await site.addWorker(second)
    await submit(
      'lost',
      submitFile({ command: 'sleep 300', queue: 'queue 2', lines: [`requirements = TARGET.VMName == "${second}"`] }),
    )
    await until(
      async () => running('lost'),
      (all) => all.length === 2,
    )
    await vm.vanish()
    expect(await holdAndRelease(site.tools, second)).toBe(2)
    const back = await collect(jobs(site.tools, { submission: 'lost' }))
    expect(back.map(({ status }) => status)).toEqual(['idle', 'idle'])
    expect(await holdAndRelease(site.tools, second)).toBe(0)
    await act(site.tools, 'remove', 'CanfarSubmission == "lost"')
  })

  it('run again also if the schedd was killed after they were held, and keeps their lost machine', async () => {
    const [third, fourth] = ['canfar-east-0000000000000003', 'canfar-east-0000000000000004']
    const vm = await site.addWorker(third)
    const anywhere = `requirements = stringListMember(TARGET.VMName, "${third},${fourth}")`
    await submit('forgotten', submitFile({ command: 'sleep 300', queue: 'queue 2', lines: [anywhere] }))
    await until(
      async () => running('forgotten'),
      (all) => all.length === 2,
    )
    await vm.vanish()
    const mine = 'CanfarSubmission == "forgotten"'
    await act(site.tools, 'hold', mine, { reason: 'canfar-batch: as its own first step', subcode: 7001 })
    await site.pool.killDaemon('schedd')
    const hosts = async () =>
      (await site.pool.tool('condor_q', ['-allusers', '-constraint', mine, '-af', 'RemoteHost'])).trim()
    await until(
      async () => hosts().catch(() => ''),
      (text) => text !== '',
    )
    expect(await hosts()).toContain(third)
    // or the jobs would be matched to it again and again
    await forgetWorker(site.tools, third, { trustDomain: site.pool.trustDomain })
    await holdAndRelease(site.tools, third)
    await site.addWorker(fourth)
    await until(
      async () => running('forgotten'),
      (all) => all.length === 2 && all.every((job) => job.vm === fourth),
    )
    await act(site.tools, 'remove', mine)
  })
})

describe('matchmaking', () => {
  const slot = (changes: Partial<TemplateSlot> = {}, attributes: TemplateSlot['attributes'] = {}): TemplateSlot => ({
    cpus: 2,
    memoryMb: 4000,
    diskKb: 10_000_000,
    start: `(TARGET.Owner == "${site.as.user}") && (TARGET.VMType =?= MY.VMType)`,
    attributes: { VMType: 'proj:image', VMAMI: 'arbutus:img-1', VMInstanceType: 'arbutus:flv-1', ...attributes },
    ...changes,
  })

  it('says what HTCondor would do, and what is in the way', async () => {
    const lines = [
      '+CanfarUserHold = True',
      'request_memory = 3000',
      'requirements = $(requirements) && (TARGET.HasGpu =?= True || TARGET.Cpus >= 2)',
    ]
    await submit('candidate', submitFile({ lines }))
    const [row] = await collect(jobs(site.tools, { submission: 'candidate' }))
    const [{ ad } = { ad: {} }] = await jobAds(site.tools, [row?.id ?? ''])
    const ask = async (wanted: TemplateSlot) => matches(site.tools, ad, wanted)
    expect(await ask(slot())).toEqual({ matches: true })
    expect(await ask(slot({ memoryMb: 2900 }))).toEqual({
      matches: false,
      by: 'job',
      clauses: ['TARGET.Memory >= RequestMemory'],
    })
    expect(await ask(slot({}, { VMAMI: 'arbutus:img-2' }))).toEqual({
      matches: false,
      by: 'job',
      clauses: ['stringListIMember(TARGET.VMAMI,MY.VMAMI)'],
    })
    expect(await ask(slot({ start: 'TARGET.Owner == "somebody"' }))).toEqual({
      matches: false,
      by: 'machine',
      clauses: ['TARGET.Owner == "somebody"'],
    })
    const both = await ask(slot({ cpus: 1 }))
    expect(both).toMatchObject({ matches: false, by: 'job' })
    expect(both.matches ? [] : both.clauses).toEqual([expect.stringMatching(/HasGpu.*\|\|.*Cpus >= 2/)])
  })
})

describe('a token', () => {
  it('lets a worker describe itself, and do nothing else', async () => {
    const token = await createWorkerToken(site.tools, {
      identity: `${site.as.user}.x@pool.test`,
      lifetimeSeconds: 90.5,
    })
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      scope: string
      exp: number
      iat: number
      sub: string
    }
    expect(claims.scope.split(' ').toSorted()).toEqual([
      'condor:/ADVERTISE_MASTER',
      'condor:/ADVERTISE_STARTD',
      'condor:/READ',
    ])
    expect(claims.exp - claims.iat).toBe(91)
    expect(claims.sub).toBe(`${site.as.user}.x@pool.test`)
    const odd = createWorkerToken(site.tools, { identity: 'a b@pool.test', lifetimeSeconds: 1 })
    await expect(odd).rejects.toMatchObject({ code: 'invalid' })
  })
})
