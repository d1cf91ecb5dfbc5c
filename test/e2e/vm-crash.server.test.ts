import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listedVm } from '#contract/listed.ts'
import { vmStart } from '#contract/starts.ts'
import { vmLifecycleType, type VmOrder } from '#contract/vm-lifecycle.ts'
import { defaultDeadlines } from '#domain/deadlines.ts'
import type { VmReason } from '#domain/vm/reason.ts'
import { draw } from '#testbed/front/match.ts'
import type { RuleInput } from '#testbed/front/rule.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type CrashSite } from './crash-site.ts'

const second = 1000
/** Short, but longer than the latest create of these tests and than it takes to notice a lost worker process. */
const deadlines = { ...defaultDeadlines, createCall: 5 * second, createLookup: 14 * second, building: 14 * second }

let own: CrashSite
let arbutus: SiteCloud
let east: SiteCloud

beforeAll(async () => {
  own = await startCrashSite({
    keepalive: '3s',
    // a drain as short as that still lets jobs end
    deadlines: { createCall: '5s', createLookup: '14s', building: '14s', join: '40s', drain: '90s' },
    clouds: [
      { name: 'arbutus', priority: 10 },
      { name: 'east', priority: 0 },
    ],
  })
  const { arbutus: one, east: other } = own.site.clouds
  if (one === undefined || other === undefined) throw new Error('two clouds were asked for')
  ;[arbutus, east] = [one, other]
})
afterAll(async () => {
  console.log(`${own.kills()} worker processes were killed`)
  await own[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await Promise.all([arbutus.admin.clearFaults(), east.admin.clearFaults()])
  await own.restart()
})

type Effect = RuleInput['effect']
const creates = { service: 'compute', method: 'POST', pathRegex: String.raw`^/compute/v2\.1/servers$` } as const
const deletes = { service: 'compute', method: 'DELETE' } as const
const only = (cloud: string): string[] => [
  `+TargetClouds = "${cloud}"`,
  `requirements = TARGET.CloudName == "${cloud}"`,
]
const usedUp = (cloud: SiteCloud) =>
  until(`faults of ${cloud.name} to strike`, cloud.admin.faults, (rules) => rules.length === 0)

/** How the VMs that were not there before have ended, by reason. */
async function endings(before: ReadonlySet<string>): Promise<Partial<Record<VmReason, string[]>>> {
  const ended = (await own.vms()).flatMap(({ vm, result }) => (result === undefined || before.has(vm) ? [] : [result]))
  return Object.fromEntries(
    [...Map.groupBy(ended, ({ reason }) => reason)].map(([reason, vms]) => [reason, vms.map(({ vm }) => vm)]),
  )
}
const names = async (): Promise<Set<string>> => new Set((await own.vms()).map(({ vm }) => vm))

describe('the worker process is killed', () => {
  it(
    'before a create call, between its act and its answer, during the look-up, while building',
    { timeout: 120_000 },
    async () => {
      // who asks for the network has not asked for a server yet
      await arbutus.admin.addFault({
        match: { service: 'network', method: 'GET', pathRegex: '^/network/v2.0/networks' },
        effect: { kind: 'hang' },
      })
      const effects: Effect[] = [
        { kind: 'act-then-hang' },
        { kind: 'act-then-drop' },
        { kind: 'drop-then-act-late', ms: 4 * second },
        { kind: 'drop' },
        { kind: 'delay', ms: 2 * second },
        { kind: 'stuck-building' },
      ]
      for (const effect of effects) await east.admin.addFault({ match: creates, effect })
      const answers = await Promise.all([
        own.submit('boot-arbutus.sub', { jobs: 1, lines: only('arbutus') }),
        own.submit('boot-east.sub', { jobs: effects.length, lines: only('east') }),
      ])
      await Promise.all([usedUp(arbutus), usedUp(east)])
      await own.crash()
      await own.restart()

      const { requests } = await east.admin.counters()
      const lookUps = async () =>
        (await east.admin.requests(requests)).filter(({ path }) => /servers\/detail\?name=/.test(path)).length
      await until('the name to be looked up', lookUps, (count) => count > 0)
      const states = await Promise.all([...(await names())].map(async (vm) => (await own.record(vm)).state))
      expect(states).toContain('building')
      expect(states).toContain('creating')
      await own.crash()
      await own.restart()

      await quiet(own)
      expect(await breaches(own)).toEqual([])
      const ends = await endings(new Set())
      // the one that was never asked for, and the one whose call was lost on the way
      expect(ends.CreateUnknown).toHaveLength(2)
      const servers = await own.servers()
      expect(servers.filter(({ name }) => ends.CreateUnknown?.includes(name))).toEqual([])
      // the one that never left BUILD ended of itself, or because others had done its jobs
      const stuck = servers.filter(({ activeAt }) => activeAt === null).map(({ name }) => name)
      expect(stuck).toEqual([...(ends.BuildTimeout ?? []), ...(ends.NoDemand ?? [])])
      expect(stuck).toHaveLength(1)
      const ids = answers.flatMap(({ clusters }) => clusters.map(({ id }) => id))
      const jobs = (await own.jobs()).filter(({ id }) => ids.includes(Number.parseInt(id, 10)))
      expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual(jobs.map(() => [0, 1]))
      expect(jobs).toHaveLength(effects.length + 1)
    },
  )

  it('while VMs drain and are deleted', { timeout: 90_000 }, async () => {
    const before = await names()
    const [long] = await Promise.all([
      own.submit('drain.sub', { jobs: 1, seconds: 20, lines: only('arbutus') }),
      own.submit('delete.sub', { jobs: 4, seconds: 3, lines: only('east') }),
    ])
    const running = await until(
      'all jobs to run',
      async () => (await own.jobs()).filter(({ status, vm }) => status === 2 && vm !== undefined),
      (jobs) => jobs.length === 5,
    )
    const drained = running.find(({ vm }) => vm?.includes('-arbutus-'))?.vm ?? ''
    const effects: Effect['kind'][] = ['act-then-drop', 'act-then-hang', 'stuck-deleting', 'keep-ports']
    const deleted = running.flatMap(({ vm = '' }) => (vm.includes('-east-') ? [vm] : []))
    for (const [n, vm] of deleted.entries()) {
      await east.admin.addFault({ match: { ...deletes, name: `^${vm}$` }, effect: { kind: effects[n] } as Effect })
    }
    expect(await own.site.cli(['vm', 'retire', drained, '--yes'])).toMatchObject({ exitCode: 0 })
    await usedUp(east)
    expect((await own.record(drained)).state).toBe('draining')
    await own.crash()
    await own.restart()

    const stuck = deleted[effects.indexOf('stuck-deleting')] ?? ''
    await until('the others to go', own.vms, (vms) =>
      vms.every(({ vm, status }) => status !== 'RUNNING' || vm === stuck),
    )
    expect((await own.record(stuck)).state).toBe('deleting')
    await east.admin.release(stuck)
    await quiet(own)
    expect(await breaches(own)).toEqual([])
    expect(await endings(before)).toMatchObject({ Retired: [drained] })
    const job = (await own.jobs()).find(({ submission }) => submission === long.submission)
    expect(job).toMatchObject({ exitCode: 0, starts: 1, vm: drained })
  })

  // CANFAR_SEED repeats a run that found something
  it('at any time of many lives, with clouds that lose answers', { timeout: 150_000 }, async () => {
    const seed = Number(process.env['CANFAR_SEED'] ?? 20251121)
    let drawn = 0
    const random = (from: number, to: number): number => from + draw(seed, drawn++) * (to - from)
    for (const { admin } of [arbutus, east]) {
      for (const [match, kind] of [
        [creates, 'act-then-drop'],
        [creates, 'drop-then-act-late'],
        [deletes, 'act-then-drop'],
        [deletes, 'drop'],
      ] as const) {
        const effect: Effect = kind === 'drop-then-act-late' ? { kind, ms: 3 * second } : { kind }
        await admin.addFault({ match, times: null, chance: 0.2, seed, effect })
      }
    }
    const end = Date.now() + 30 * second
    const submitting = (async () => {
      const answers = []
      for (let n = 0; Date.now() < end; n++) {
        answers.push(await own.submit(`random-${n}.sub`, { jobs: 2, lines: n % 2 === 0 ? only('east') : [] }))
        await sleep(random(2, 6) * second)
      }
      return answers
    })()
    let kills = 0
    // a slow machine takes longer
    for (; Date.now() < end || kills < 5; kills++) {
      await sleep(random(0.5, 7) * second)
      await own.crash()
      await own.restart()
    }
    const answers = await submitting
    await Promise.all([arbutus.admin.clearFaults(), east.admin.clearFaults()])
    await quiet(own)
    console.log(`seed ${seed}: ${kills} kills, ${answers.length} submissions, ${(await own.vms()).length} VMs`)
    expect(await breaches(own)).toEqual([])
    const jobs = (await own.jobs()).filter(({ submission }) => answers.some((one) => one.submission === submission))
    expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual(jobs.map(() => [0, 1]))
    expect(jobs).toHaveLength(2 * answers.length)
  })
})

describe('a create that is refused', () => {
  /** A VM as the fleet would start it on east, after one that it did start there. */
  async function boot(name: string, changes: Partial<VmOrder> = {}): Promise<string> {
    const [model] = (await own.vms()).filter(({ vm }) => vm.includes('-east-'))
    const order = listedVm(await own.client.workflow.getHandle(model?.vm ?? '').describe())?.order
    if (order === undefined) throw new Error('no VM was on east')
    const vm = `${POOL}-east-${name.padEnd(16, '0')}`
    const started = { vm, order: { ...order, ...changes }, at: Date.now() }
    const controlPlane = `site-${own.site.instance.id}`
    await own.client.workflow.start(vmLifecycleType, vmStart(POOL, controlPlane, started, deadlines))
    return vm
  }

  it('boots nothing, and says why', { timeout: 60_000 }, async () => {
    const refusals: [name: string, effect: Effect, reason: VmReason][] = [
      [
        'aa',
        {
          kind: 'status',
          status: 403,
          message: 'Quota exceeded for instances: Requested 1, but already used 5 of 5 instances',
        },
        'QuotaExceeded',
      ],
      ['bb', { kind: 'status', status: 400, message: 'Image 1234 could not be found.' }, 'ImageUnusable'],
      ['cc', { kind: 'status', status: 400, message: 'Invalid input for field/attribute key_name.' }, 'CloudError'],
    ]
    // what they teach the breakers shall harm no one
    const nobodys = { id: 'nobodys', name: 'nobodys', cores: 1, ramMb: 1024, ephemeralGb: 0 }
    const expected: Record<string, VmReason> = {}
    for (const [name, effect, reason] of refusals) {
      await east.admin.addFault({ match: { ...creates, name: `-${name}0+$` }, effect })
      expected[await boot(name, { flavor: nobodys })] = reason
    }
    await quiet(own)
    expect(await breaches(own)).toEqual([])
    const ended = (await own.vms()).filter(({ vm }) => vm in expected)
    expect(Object.fromEntries(ended.map(({ vm, result }) => [vm, result?.reason]))).toEqual(expected)
    expect((await own.servers()).filter(({ name }) => name in expected)).toEqual([])
  })

  it(
    'after it was accepted costs a server that never ran, and the job goes elsewhere',
    { timeout: 60_000 },
    async () => {
      const before = await names()
      const onArbutus: unknown = expect.stringContaining('-arbutus-')
      await arbutus.admin.addFault({ match: creates, effect: { kind: 'build-error', text: 'the disk is gone' } })
      await arbutus.admin.addFault({ match: creates, effect: { kind: 'no-capacity' } })
      const { submission } = await own.submit('elsewhere.sub', { jobs: 1 })
      await quiet(own)
      expect(await breaches(own)).toEqual([])
      const { CloudError = [], NoCapacity = [], ...others } = await endings(before)
      expect([CloudError, NoCapacity]).toEqual([[onArbutus], [onArbutus]])
      const never = (await own.servers()).filter(({ name }) => [...CloudError, ...NoCapacity].includes(name))
      expect(never.map(({ activeAt }) => activeAt)).toEqual([null, null])
      expect(others).toEqual({ Idle: [expect.stringContaining('-east-')] })
      const jobs = (await own.jobs()).filter((job) => job.submission === submission)
      expect(jobs).toMatchObject([{ exitCode: 0, starts: 1, vm: others.Idle?.[0] }])
    },
  )

  it('for a moment only is asked for again, and boots one server', { timeout: 60_000 }, async () => {
    const moments: [name: string, effect: Effect][] = [
      ['fa', { kind: 'status', status: 429, retryAfter: 1 }],
      ['fb', { kind: 'status', status: 503 }],
    ]
    const vms: string[] = []
    for (const [name, effect] of moments) {
      await east.admin.addFault({ match: { ...creates, name: `-${name}0+$` }, effect })
      vms.push(await boot(name))
    }
    const servers = await until(
      'both servers',
      async () => (await own.servers()).filter(({ name }) => vms.includes(name)),
      (found) => found.length === vms.length,
    )
    expect(servers.map(({ name }) => name).toSorted()).toEqual(vms)
    await own.site.cli(['vm', 'retire', ...vms, '--yes'], { as: 'operator' })
    await quiet(own)
    expect(await breaches(own)).toEqual([])
  })
})
