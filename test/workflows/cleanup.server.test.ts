import { setTimeout as sleep } from 'node:timers/promises'
import { loadCloudConfig, OpenStack } from 'openstack-ts'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanupType, type CleanupInput, type CleanupReport } from '#contract/cleanup.ts'
import { cleanupStart } from '#contract/starts.ts'
import { controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { testSite, until, type TestSite, type TestVm } from './support.ts'

const GRACE = 1500
let world: TestSite
let east: CloudAdmin
let batch: OpenStack
let passes = 0

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
  const cloud = world.site.clouds['east']
  if (cloud === undefined) throw new Error('the site has no cloud east')
  east = cloud.admin
  const clouds = join(world.site.instance.folder, 'site', 'clouds.yaml')
  batch = OpenStack.connect(loadCloudConfig({ cloud: 'east', env: {}, cwd: '/', files: { clouds } }), { retry: {} })
})
afterAll(async () => {
  await batch?.close()
  await world?.stop()
})

async function clean(more: Partial<CleanupInput> = {}): Promise<CleanupReport> {
  const { pool } = world.config
  const input: CleanupInput = { pool, cloud: 'east', by: 'test', confirmMs: 300, ...more }
  const handle = await world.client.workflow.start(cleanupType, cleanupStart(input, `test-${passes++}`))
  return (await handle.result()) as CleanupReport
}

/** What a pass did about one VM: kind and outcome. */
const deedsOn = ({ deeds }: CleanupReport, vm: string): string[] =>
  deeds.flatMap(({ finding, outcome }) => (finding.vm === vm ? [`${finding.kind} ${outcome}`] : []))

const living = async (name: string): Promise<ServerRecord[]> =>
  (await east.servers()).filter((server) => server.name === name && server.deletedAt === null)

async function serving(): Promise<TestVm> {
  const vm = await world.startVm('east', { order: { keepaliveMs: 600_000 } })
  await vm.reaches('serving')
  return vm
}

/** A server of the batch project that looks more or less like a VM of ours. */
async function plant(name: string, changes: { metadata?: Record<string, string>; flavor?: string } = {}) {
  const order = await world.order('east')
  return batch.compute.servers.create({
    name,
    flavorId: order.flavor.id,
    imageId: order.image.id,
    networks: 'auto',
    metadata: { [controlPlaneKey]: world.config.controlPlane, [tenantKey]: order.tenant, ...changes.metadata },
  })
}

describe('a VM whose workflow was terminated', () => {
  test('is adopted with its server, serves on, and ends as it would have', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const { serverId, bornAt } = await vm.record()
    await vm.handle.terminate('by mistake')
    expect(deedsOn(await clean({ plan: true }), vm.name)).toEqual([])
    const report = await clean()
    expect(deedsOn(report, vm.name)).toEqual(['adopt done'])
    const adopted = { ...vm, handle: world.client.workflow.getHandle(vm.name) }
    await until('it to serve again', async () => ((await adopted.record()).state === 'serving' ? true : undefined))
    const now = await adopted.record()
    expect(now.serverId).toBe(serverId)
    // its lifetime began when it was ordered
    expect(Math.abs(now.bornAt - bornAt)).toBeLessThan(2000)
    expect(deedsOn(await clean(), vm.name)).toEqual([])
    await adopted.tell({ kind: 'retire', reason: 'Retired', note: 'the test is over' })
    expect(await adopted.handle.result()).toMatchObject({ reason: 'Retired', serverId })
    expect((await east.servers()).filter(({ name }) => name === vm.name)).toHaveLength(1)
  })

  test('and whose server vanished too leaves no ads, and its ports go', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const { serverId = '' } = await vm.record()
    await vm.handle.terminate('by mistake')
    await east.addFault({ match: { service: 'compute', method: 'DELETE' }, times: 1, effect: { kind: 'keep-ports' } })
    await batch.compute.servers.delete(serverId)
    await until('the server to go', async () => ((await living(vm.name)).length === 0 ? true : undefined))
    const report = await clean()
    expect(deedsOn(report, vm.name)).toEqual(['ghost done', 'dependents done'])
    expect((await east.inventory()).ports.filter(({ deviceId }) => deviceId === serverId)).toEqual([])
    expect(await world.site.pool.tool('condor_status', ['-af', 'VMName'])).not.toContain(vm.name)
    expect(deedsOn(await clean(), vm.name)).toEqual([])
  })
})

test('a server that arrives after its VM was given up is deleted, after its grace', { timeout: 60_000 }, async () => {
  const name = world.vmName('east')
  await east.addFault({
    match: { service: 'compute', method: 'POST', pathRegex: '/servers$', name },
    times: 1,
    effect: { kind: 'drop-then-act-late', ms: 6000 },
  })
  const vm = await world.startVm('east', { name, deadlines: { createLookup: 500, createCall: 500 } })
  expect(await vm.result()).toMatchObject({ reason: 'CreateUnknown' })
  await until('the late server', async () => ((await living(name)).length === 1 ? true : undefined))
  const planned = await clean({ plan: true })
  expect(planned.findings.find(({ vm: found }) => found === name)?.kind).toBe('remove')
  expect(await living(name)).toHaveLength(1)
  const report = await clean()
  expect(deedsOn(report, name)).toEqual(['remove done'])
  expect(await living(name)).toEqual([])
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
    await plant(strange.foreign, { metadata: { [controlPlaneKey]: '' } })
    await plant(strange['our metadata under another name'])
    await plant(strange['a VM name of another control plane'], { metadata: { [controlPlaneKey]: 'another' } })
    await plant(strange['no record'])
    await plant(strange['the name of a VM that runs'], { metadata: { [controlPlaneKey]: 'another' } })
    await plant(strange['name and metadata of a VM that is over'])
    await sleep(GRACE)

    const report = await clean()
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
    for (const [what, name] of Object.entries(strange)) expect([what, (await living(name)).length]).toEqual([what, 1])
  })

  test('a cloud that gives no answer, or a half one, or not to us', { timeout: 60_000 }, async () => {
    const vm = await serving()
    const list = { service: 'compute', method: 'GET', pathRegex: '/servers/detail' } as const
    await east.addFault({ match: list, times: null, effect: { kind: 'half-list', keep: 0 } })
    // its server is found when it is asked for by itself
    expect(deedsOn(await clean(), vm.name)).toEqual(['lost left'])
    await east.clearFaults()
    await east.addFault({ match: list, times: null, effect: { kind: 'status', status: 403 } })
    expect(await clean()).toMatchObject({ deeds: [], unknown: expect.stringContaining('403') as unknown })
    await east.clearFaults()
    expect((await vm.record()).state).toBe('serving')
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    await vm.result()
  })
})

test('many that are missing at once are lost only if an operator says so', { timeout: 120_000 }, async () => {
  const vms = await Promise.all(Array.from({ length: 7 }, serving))
  for (const { name } of vms) await east.vanish(name)
  await sleep(2500)
  const frozen = await clean()
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
