import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { controlPlaneKey } from '#domain/vm/ownership.ts'
import { fakeClock, type FakeClock } from '#testbed/faults/fake-clock.ts'
import { isRoot } from '#testbed/instance/folders.ts'
import { createInstance } from '#testbed/instance/instance.ts'
import { networkFor } from '#testbed/site/site.ts'
import { cleaningOn, type Cleaning } from './cleaning.ts'
import { testSite, until, type TestSite, type TestVm } from './support.ts'

const HOURS = 5 * 3_600_000
/** Shorter than the clocks are apart, longer than any test. */
const GRACE = 600_000

// Temporal, the clouds and the pool have the host's clock; the worker process alone has another
describe.runIf(isRoot())('a worker process whose clock is hours away from all others', () => {
  let world: TestSite
  let own: Cleaning
  let clock: FakeClock

  beforeAll(async () => {
    const instance = await createInstance({ network: networkFor('process') })
    clock = await fakeClock(instance, 'worker', { progress: console.log })
    world = await testSite({
      instance,
      clock,
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
  afterEach(() => own.east.clearFaults())
  afterAll(async () => {
    await own?.close()
    await world?.stop()
  })

  const patient = { keepaliveMs: 600_000 }
  const creates = { service: 'compute', method: 'POST', pathRegex: '/servers$' } as const

  /** A VM that has been given up, and whose server has come after all. */
  async function late(): Promise<TestVm> {
    const name = world.vmName('east')
    await own.east.addFault({ match: { ...creates, name }, effect: { kind: 'drop-then-act-late', ms: 3500 } })
    const vm = await world.startVm('east', { name, deadlines: { createLookup: 500, createCall: 500 } })
    expect(await vm.result()).toMatchObject({ reason: 'CreateUnknown' })
    await until('the late server', async () => ((await own.living(name)).length === 1 ? true : undefined))
    return vm
  }

  describe.each([
    ['ahead', HOURS],
    ['behind', -HOURS],
  ])('%s', (where, ms) => {
    test('touches nothing that is young, on its way, others’ or in its grace', { timeout: 90_000 }, async () => {
      clock.step(ms - clock.ahead())
      const [building, creating] = [world.vmName('east'), world.vmName('east')]
      await own.east.addFault({ match: { ...creates, name: building }, effect: { kind: 'stuck-building' } })
      await own.east.addFault({ match: { ...creates, name: creating }, effect: { kind: 'act-then-hang' } })
      const [over, young, stuck] = await Promise.all([
        late(),
        world.startVm('east', { order: patient }),
        world.startVm('east', { name: building, order: patient }),
      ])
      await young.reaches('serving')
      await stuck.reaches('building')
      const strange = {
        foreign: `desktop-${where}`,
        'a VM of another control plane': world.vmName('east'),
        'no record': world.vmName('east'),
      }
      await own.plant(strange.foreign, { metadata: { [controlPlaneKey]: '' } })
      await own.plant(strange['a VM of another control plane'], { metadata: { [controlPlaneKey]: 'another' } })
      await own.plant(strange['no record'])
      const asked = await world.startVm('east', { name: creating, order: patient, deadlines: { createCall: 6000 } })
      const names = [over.name, young.name, building, creating, ...Object.values(strange)]
      const there = async () => (await own.east.servers()).filter(({ name }) => names.includes(name))
      await until('all servers', async () => ((await there()).length === names.length ? true : undefined))

      for (let pass = 0; pass < 2; pass += 1) {
        const report = await own.clean()
        // others are of VMs of before, whose ads live on for a while
        expect(report.deeds.filter(({ finding }) => names.includes(finding.vm))).toEqual([])
        const found = report.findings.filter(({ vm }) => names.includes(vm))
        expect(found).toMatchObject([{ kind: 'unproven', vm: strange['no record'] }])
      }
      expect((await asked.record()).state).toBe('creating')
      const servers = await there()
      expect(servers.filter(({ deletedAt }) => deletedAt !== null)).toEqual([])
      expect(servers).toHaveLength(names.length)
      expect((await young.record()).state).toBe('serving')
      for (const vm of [young, stuck]) await vm.tell({ kind: 'retire', reason: 'Retired' })
      await own.east.release(building)
      expect(await young.result()).toMatchObject({ reason: 'Retired' })
      expect(await stuck.result()).toMatchObject({ reason: 'Retired' })
      await asked.reaches('serving')
      await asked.tell({ kind: 'retire', reason: 'Retired' })
      expect(await asked.result()).toMatchObject({ reason: 'Retired' })
    })
  })

  test('behind, removes what is left over when its grace is over, as ever', { timeout: 60_000 }, async () => {
    const config = parse(readFileSync(world.site.configFile, 'utf8')) as Record<string, unknown>
    const cleanup = { ...(config['cleanup'] as object), grace: '1ms' }
    // a token that was signed hours ago lets nobody join
    const deadlines = { ...(config['deadlines'] as object | undefined), join: '5s' }
    writeFileSync(world.site.configFile, stringify({ ...config, cleanup, deadlines }))
    await world.site.killWorkerProcess()
    await world.site.startWorkerProcess()
    expect(clock.ahead()).toBe(-HOURS)
    const { name } = await late()
    expect(await own.removed(name)).toMatch(/deleted/)
  })
})
