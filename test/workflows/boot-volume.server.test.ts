import { join } from 'node:path'
import { loadCloudConfig, OpenStack } from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanupType, type CleanupInput, type CleanupReport } from '#contract/cleanup.ts'
import { cleanupStart } from '#contract/starts.ts'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { RuleInput } from '#testbed/front/rule.ts'
import { observe } from '#testbed/site/demo/observe.ts'
import type { CloudWish } from '#testbed/site/options.ts'
import { IMAGE } from '#testbed/site/words.ts'
import { shellJobs, testSite, until, type TestSite, type TestVm, type VmWish } from './support.ts'

/** A flavor as of clouds where all servers boot from volumes: no root disk, no scratch disk. */
const ROOTLESS = 'v2-3gb'
const SIZE_GB = 12

const east: CloudWish = {
  name: 'east',
  bootVolume: { sizeGb: SIZE_GB },
  seed: (usual) => ({
    ...usual,
    flavors: [...(usual.flavors ?? []), { name: ROOTLESS, vcpus: 2, ramMb: 3072, diskGb: 0 }],
  }),
}

const adminOf = ({ site }: TestSite): CloudAdmin => {
  const cloud = site.clouds['east']
  if (cloud === undefined) throw new Error('the site has no cloud east')
  return cloud.admin
}

describe('a VM that boots from a volume', () => {
  let world: TestSite
  let cloud: CloudAdmin
  let batch: OpenStack
  let passes = 0

  beforeAll(async () => {
    world = await testSite({
      clouds: [east],
      cloudPoll: '500ms',
      condorPoll: '500ms',
      // nobody's demand: a fleet that planned would retire these VMs
      policy: { planInterval: '1h' },
      // the passes are the test's own
      cleanup: { every: '7d', grace: '1500ms', confirm: '300ms' },
    })
    cloud = adminOf(world)
    const clouds = join(world.site.instance.folder, 'site', 'clouds.yaml')
    batch = OpenStack.connect(loadCloudConfig({ cloud: 'east', env: {}, cwd: '/', files: { clouds } }), { retry: {} })
  })
  afterAll(async () => {
    await batch?.close()
    await world?.stop()
  })

  async function start(wish: VmWish = {}): Promise<TestVm> {
    let flavor
    for await (const one of batch.compute.flavors.list()) if (one.name === ROOTLESS) flavor = one
    if (flavor === undefined) throw new Error(`there is no ${ROOTLESS}`)
    const { id, name, vcpus: cores, ramMb, ephemeralGb } = flavor
    const order = { flavor: { id, name, cores, ramMb, ephemeralGb }, bootVolume: { sizeGb: SIZE_GB } }
    return world.startVm('east', { ...wish, order: { keepaliveMs: 600_000, ...order } })
  }
  const volumes = async () => (await cloud.inventory()).volumes
  const deletes: RuleInput['match'] = { service: 'compute', method: 'DELETE', pathRegex: '/servers/[^/]+$' }
  const keep = (as: 'available' | 'in-use' = 'available') =>
    cloud.addFault({ match: deletes, times: 1, effect: { kind: 'keep-volumes', as } })
  const isGone = (serverId: string) =>
    until('the server to go', async () =>
      (await cloud.servers()).some(({ id, deletedAt }) => id === serverId && deletedAt !== null) ? true : undefined,
    )

  async function clean(more: Partial<CleanupInput> = {}): Promise<CleanupReport> {
    const input: CleanupInput = { pool: world.config.pool, cloud: 'east', by: 'test', confirmMs: 300, ...more }
    const begun = cleanupStart(input, `test-${passes++}`)
    return (await (await world.client.workflow.start(cleanupType, begun)).result()) as CleanupReport
  }

  /** A volume of the project's own that is in no server's way. */
  async function foreign(imageId?: string): Promise<string> {
    const { id } = await batch.blockStorage.volumes.create({ sizeGb: 12, imageId })
    await until('the volume', async () =>
      (await batch.blockStorage.volumes.show(id)).status === 'available' ? true : undefined,
    )
    return id
  }

  test('takes it along, also if the cloud leaves it behind', { timeout: 60_000 }, async () => {
    const vm = await start()
    await vm.reaches('serving')
    const { serverId = '', volumes: known } = await vm.record()
    const [made] = await volumes()
    expect(made).toMatchObject({ status: 'in-use', sizeGb: SIZE_GB, servers: [serverId] })
    expect(known).toEqual([made?.id])
    await keep()
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    expect(await vm.result()).toMatchObject({ reason: 'Retired', serverId })
    expect(await volumes()).toEqual([])
    expect((await cloud.counters()).faults).toMatchObject({ 'keep-volumes': 1 })
  })

  test('leaves alone what somebody attached to its server', { timeout: 60_000 }, async () => {
    const vm = await start()
    await vm.reaches('serving')
    const { serverId = '' } = await vm.record()
    const theirs = await foreign()
    await batch.compute.volumeAttachments.attach(serverId, { volumeId: theirs })
    await keep()
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    await vm.result()
    expect(await volumes()).toMatchObject([{ id: theirs, status: 'available' }])
    await batch.blockStorage.volumes.delete(theirs)
  })

  test(
    'is not over before its volume is gone, of which only an earlier attempt knew',
    { timeout: 90_000 },
    async () => {
      const name = world.vmName('east')
      await cloud.addFault({
        match: { method: 'POST', pathRegex: '/servers$', name },
        effect: { kind: 'stuck-building' },
      })
      await keep()
      await cloud.addFault({
        match: { service: 'block-storage' },
        times: null,
        effect: { kind: 'status', status: 403 },
      })
      // never ACTIVE, so that nothing is on record
      const vm = await start({ name, deadlines: { building: 1500 } })
      await vm.reaches('deleting')
      const { serverId = '', volumes: known } = await vm.record()
      expect(known).toBeUndefined()
      await isGone(serverId)
      expect(await volumes()).toHaveLength(1)
      // the second attempt is the last one, and another activity goes on for ever
      await world.shorten(vm, 'deleteServer')
      await until('the alarm', async () => ((await world.reasonOf(vm)) === 'DeleteStuck' ? true : undefined))
      expect(await volumes()).toHaveLength(1)
      await cloud.clearFaults()
      await world.retryNow(vm, 'deleteServer')
      expect(await vm.result()).toMatchObject({ reason: 'BuildTimeout', serverId })
      expect(await volumes()).toEqual([])
    },
  )

  test(
    'whose workflow was terminated leaves none, and no volume that is not provably its',
    { timeout: 60_000 },
    async () => {
      const vm = await start()
      await vm.reaches('serving')
      const { serverId = '', volumes: known = [] } = await vm.record()
      const theirs = await foreign((await world.order('east')).image.id)
      await vm.handle.terminate('by mistake')
      await keep()
      await batch.compute.servers.delete(serverId)
      await isGone(serverId)
      const found = (await clean({ plan: true })).findings.filter(({ kind }) => kind === 'dependents')
      expect(found).toMatchObject([
        { vm: vm.name, serverId, because: expect.stringContaining(known[0] ?? '-') as unknown },
      ])
      const deeds = (await clean()).deeds.filter(({ finding }) => finding.kind === 'dependents')
      expect(deeds).toMatchObject([{ outcome: 'done', note: 'its ports, floating addresses and volumes were deleted' }])
      expect(await volumes()).toMatchObject([{ id: theirs, status: 'available' }])
      expect((await clean()).deeds).toEqual([])
    },
  )

  test('a volume that only seems to be its own is told to a person', { timeout: 60_000 }, async () => {
    const vm = await start()
    await vm.reaches('serving')
    const { serverId = '', volumes: known = [] } = await vm.record()
    const theirs = await foreign((await world.order('east')).image.id)
    await batch.compute.volumeAttachments.attach(serverId, { volumeId: theirs })
    await vm.handle.terminate('by mistake')
    await keep('in-use')
    await batch.compute.servers.delete(serverId)
    await isGone(serverId)
    const { findings } = await clean({ plan: true })
    const of = (kind: string) => findings.filter((one) => one.kind === kind && one.vm === vm.name)
    expect(of('dependents')).toMatchObject([
      { because: `its server is gone; left are the volume ${known[0]}, made for it` },
    ])
    expect(of('unproven')).toMatchObject([{ because: expect.stringContaining(theirs) as unknown }])
  })
})

test('a submission that names a flavor without root disk is done', { timeout: 180_000 }, async () => {
  const world = await testSite({ clouds: [east], keepalive: '2s' })
  try {
    const cloud = adminOf(world)
    const { folder, file } = shellJobs(world.site, 'rootless', 'sleep 1', 2)
    const { exitCode, stderr } = await world.site.cli(['submit', file, IMAGE, ROOTLESS], { cwd: folder })
    expect([exitCode, stderr]).toEqual([0, expect.any(String)])
    // the image has a least disk of 10 GB, and the site wants more
    await until('a volume', async () =>
      (await cloud.inventory()).volumes.some(({ sizeGb }) => sizeGb === SIZE_GB) ? true : undefined,
    )
    await until(
      'its jobs to be done',
      async () => ((await observe(world.site)).history.length === 2 ? true : undefined),
      120_000,
    )
    const made = (await cloud.requests()).filter(({ path, method }) => method === 'POST' && path.endsWith('/servers'))
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 202))
    await until('everything to be gone', async () => {
      const [servers, { volumes }] = await Promise.all([cloud.servers(), cloud.inventory()])
      return servers.length > 0 && servers.every(({ deletedAt }) => deletedAt !== null) && volumes.length === 0
        ? true
        : undefined
    })
    expect((await cloud.servers()).every(({ flavor }) => flavor === ROOTLESS)).toBe(true)
  } finally {
    await world.stop()
  }
})
