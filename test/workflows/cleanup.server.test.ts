import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { controlPlaneKey } from '#domain/vm/ownership.ts'
import { cleaningOn, deedsOn, type Cleaning } from './cleaning.ts'
import { testSite, until, type TestSite, type TestVm } from './support.ts'

const GRACE = 1500
let world: TestSite
let own: Cleaning

beforeAll(async () => {
  world = await testSite({
    keepalive: '8s',
    cloudPoll: '500ms',
    condorPoll: '500ms',
    // nobody's demand: a fleet that planned would retire these VMs
    policy: { planInterval: '1h' },
    // the passes are the test's own
    cleanup: { every: '7d', grace: `${GRACE}ms`, confirm: '300ms' },
  })
  own = cleaningOn(world)
})
afterAll(async () => {
  await own?.close()
  await world?.stop()
})

async function serving(): Promise<TestVm> {
  const vm = await world.startVm('east', { order: { keepaliveMs: 600_000 } })
  await vm.reaches('serving')
  return vm
}

describe('a VM whose workflow was terminated', () => {
  test('is adopted with its server, serves on, and ends as it would have', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const { serverId, bornAt } = await vm.record()
    await vm.handle.terminate('by mistake')
    expect(deedsOn(await own.clean({ plan: true }), vm.name)).toEqual([])
    const report = await own.clean()
    expect(deedsOn(report, vm.name)).toEqual(['adopt done'])
    const adopted = { ...vm, handle: world.client.workflow.getHandle(vm.name) }
    await until('it to serve again', async () => ((await adopted.record()).state === 'serving' ? true : undefined))
    const now = await adopted.record()
    expect(now.serverId).toBe(serverId)
    // its lifetime began when it was ordered
    expect(Math.abs(now.bornAt - bornAt)).toBeLessThan(2000)
    expect(deedsOn(await own.clean(), vm.name)).toEqual([])
    await adopted.tell({ kind: 'retire', reason: 'Retired', note: 'the test is over' })
    expect(await adopted.handle.result()).toMatchObject({ reason: 'Retired', serverId })
    expect((await own.east.servers()).filter(({ name }) => name === vm.name)).toHaveLength(1)
  })

  test('and whose server vanished too leaves no ads, and its ports go', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const { serverId = '' } = await vm.record()
    await vm.handle.terminate('by mistake')
    await own.east.addFault({
      match: { service: 'compute', method: 'DELETE' },
      times: 1,
      effect: { kind: 'keep-ports' },
    })
    await own.batch.compute.servers.delete(serverId)
    await until('the server to go', async () => ((await own.living(vm.name)).length === 0 ? true : undefined))
    const report = await own.clean()
    expect(deedsOn(report, vm.name)).toEqual(['ghost done', 'dependents done'])
    expect((await own.east.inventory()).ports.filter(({ deviceId }) => deviceId === serverId)).toEqual([])
    expect(await world.site.pool.tool('condor_status', ['-af', 'VMName'])).not.toContain(vm.name)
    expect(deedsOn(await own.clean(), vm.name)).toEqual([])
  })
})

test('a server that arrives after its VM was given up is deleted, after its grace', { timeout: 60_000 }, async () => {
  const name = world.vmName('east')
  await own.east.addFault({
    match: { service: 'compute', method: 'POST', pathRegex: '/servers$', name },
    times: 1,
    effect: { kind: 'drop-then-act-late', ms: 6000 },
  })
  const vm = await world.startVm('east', { name, deadlines: { createLookup: 500, createCall: 500 } })
  expect(await vm.result()).toMatchObject({ reason: 'CreateUnknown' })
  await until('the late server', async () => ((await own.living(name)).length === 1 ? true : undefined))
  const planned = await own.clean({ plan: true })
  expect(planned.findings.find(({ vm: found }) => found === name)?.kind).toBe('remove')
  expect(await own.living(name)).toHaveLength(1)
  // its worker had a token, and could have had a job
  expect(await own.removed(name)).toBe('drained and deleted')
})

describe('never touched is', () => {
  test('what is not provably ours', { timeout: 60_000 }, async () => {
    const running = await serving()
    const over = await world.startVm('east', { deadlines: { join: 100 } })
    await over.result()
    const strange = {
      foreign: 'desktop',
      'our metadata under another name': `${world.config.pool}-east-desktop`,
      'a VM name of another control plane': world.vmName('east'),
      'no record': world.vmName('east'),
      'the name of a VM that runs': running.name,
      'name and metadata of a VM that is over': over.name,
    }
    await own.plant(strange.foreign, { metadata: { [controlPlaneKey]: '' } })
    await own.plant(strange['our metadata under another name'])
    await own.plant(strange['a VM name of another control plane'], { metadata: { [controlPlaneKey]: 'another' } })
    await own.plant(strange['no record'])
    await own.plant(strange['the name of a VM that runs'], { metadata: { [controlPlaneKey]: 'another' } })
    await own.plant(strange['name and metadata of a VM that is over'])
    await sleep(GRACE)

    const report = await own.clean()
    expect(report.deeds).toEqual([])
    expect(report.findings.map(({ kind, vm }) => `${kind} ${vm}`).toSorted()).toEqual(
      [strange['no record'], strange['the name of a VM that runs'], strange['name and metadata of a VM that is over']]
        .map((vm) => `unproven ${vm}`)
        .toSorted(),
    )
    expect(report.counts).toMatchObject({ foreign: 3 })
    // and the VM that runs still goes with its own server alone
    await running.tell({ kind: 'retire', reason: 'Retired' })
    await running.result()
    for (const [what, name] of Object.entries(strange))
      expect([what, (await own.living(name)).length]).toEqual([what, 1])
  })

  test('a cloud that gives no answer, or a half one, or not to us', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const list = { service: 'compute', method: 'GET', pathRegex: '/servers/detail' } as const
    await own.east.addFault({ match: list, times: null, effect: { kind: 'half-list', keep: 0 } })
    // its server is found when it is asked for by itself
    expect(deedsOn(await own.clean(), vm.name)).toEqual(['lost left'])
    await own.east.clearFaults()
    await own.east.addFault({ match: list, times: null, effect: { kind: 'status', status: 403 } })
    expect(await own.clean()).toMatchObject({ deeds: [], unknown: expect.stringContaining('403') as unknown })
    await own.east.clearFaults()
    expect((await vm.record()).state).toBe('serving')
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    await vm.result()
  })
})

test('many that are missing at once are lost only if an operator says so', { timeout: 120_000 }, async () => {
  const vms = await Promise.all(Array.from({ length: 7 }, serving))
  for (const { name } of vms) await own.east.vanish(name)
  await sleep(2500)
  const frozen = await own.clean()
  expect(frozen).toMatchObject({ frozen: { missing: 7, of: 7 } })
  expect(frozen.deeds.filter(({ finding }) => finding.kind === 'lost')).toEqual([])
  for (const vm of vms) expect((await vm.record()).state).toBe('serving')
  const { stdout } = await world.site.cli(['cleanup', 'run', 'east', '--accept-loss', '--yes', '-o', 'json'], {
    as: 'operator',
  })
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ cloud: 'east' }] })
  for (const vm of vms) expect(await vm.result()).toMatchObject({ reason: 'Vanished' })
  const { stdout: log } = await world.site.cli(['cleanup', 'log', 'east', '-n', '1', '-o', 'json'], { as: 'operator' })
  expect(JSON.parse(log)).toMatchObject({ items: [{ frozen: { missing: 7, of: 7 } }] })
  expect(await world.site.cli(['cleanup', 'plan'])).toMatchObject({ exitCode: 4 })
})
