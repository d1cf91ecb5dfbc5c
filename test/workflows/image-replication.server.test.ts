import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { collect, loadCloudConfig, OpenStack, type ImageDetails } from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { housekeepingType } from '#contract/housekeeping.ts'
import { replicationView } from '#contract/image-replication.ts'
import { housekeepingStart } from '#contract/starts.ts'
import { markName } from '#domain/replication/properties.ts'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import type { RequestEntry } from '#testbed/front/request-log.ts'
import type { RuleInput } from '#testbed/front/rule.ts'
import { TWO_CLOUDS } from '#testbed/site/options.ts'
import { ASTRONOMER_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { shellJobs, testSite, until, type TestSite } from './support.ts'

const mib = 1 << 20
/** So slow that a process can be killed in the middle of the large ones. */
const bytesPerSecond = 2 * mib

/** Their data depend on their names: each has a hash of its own. */
const sizes = {
  copied: mib,
  killed: 12 * mib,
  wrong: mib,
  'wrong-source': mib,
  full: mib,
  // a cancellation reaches an activity with the answer to a heartbeat, which takes up to 8 s
  cancelled: 32 * mib,
  answered: mib,
  ended: 12 * mib,
  retired: mib,
} as const
type Name = keyof typeof sizes

interface Item {
  workflowId: string
  alreadyRunning: boolean
  state?: string
  copy?: { id: string }
}

describe('an image on its way to another cloud', () => {
  let world: TestSite
  let arbutus: OpenStack
  let east: OpenStack

  beforeAll(async () => {
    const seeded = Object.entries(sizes).map(([name, size]) => {
      return { name, size, owner: ASTRONOMER_PROJECT, visibility: 'private', diskFormat: 'raw', minDisk: 3 } as const
    })
    const seed = (usual: SeedInput): SeedInput => ({ ...usual, images: [...(usual.images ?? []), ...seeded] })
    const clouds = TWO_CLOUDS.map((wish) => (wish.name === 'arbutus' ? { ...wish, seed } : wish))
    world = await testSite({ clouds, replication: { bytesPerSecond } })
    const files = { clouds: join(world.site.account.home, '.config', 'openstack', 'clouds.yaml') }
    const connect = (cloud: string): OpenStack =>
      OpenStack.connect(loadCloudConfig({ cloud, env: {}, cwd: '/', files }), { retry: {} })
    arbutus = connect('arbutus')
    east = connect('east')
  })
  afterAll(async () => {
    await arbutus?.close()
    await east?.close()
    await world?.stop()
  })

  const adminOf = (cloud: string): CloudAdmin => {
    const found = world.site.clouds[cloud]
    if (found === undefined) throw new Error(`the site has no cloud ${cloud}`)
    return found.admin
  }

  async function replicate(name: Name | typeof IMAGE, ...more: string[]) {
    const argv = ['image', 'replicate', name, '--from', 'arbutus', '--to', 'east', '-o', 'json', ...more]
    const { exitCode, stdout, stderr } = await world.site.cli(argv)
    const { item } = (stdout === '' ? {} : JSON.parse(stdout)) as { item?: Item }
    return { exitCode, stderr, item }
  }

  async function begin(name: Name): Promise<string> {
    const { stderr, item } = await replicate(name)
    if (item === undefined) throw new Error(stderr)
    return item.workflowId
  }

  async function sourceOf(name: Name): Promise<ImageDetails> {
    const [found] = await arbutus.image.images.findByName(name)
    if (found === undefined) throw new Error(`arbutus has no ${name}`)
    return found
  }

  const copiesOf = (name: Name): Promise<ImageDetails[]> => east.image.images.findByName(name)

  /** Files in which data and credentials are kept meanwhile. */
  function kept(): string[] {
    const { site, config } = world
    const credentials = join(site.account.home, '.local', 'state', 'canfar-batch', 'credentials')
    return [join(config.stateFolder, 'replication'), credentials].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder) : [],
    )
  }

  async function nothingIsLeftOf(name: Name): Promise<void> {
    expect(await copiesOf(name)).toEqual([])
    expect(kept()).toEqual([])
  }

  /** Requests for image data that a cloud has seen after the n-th request. */
  async function transfers(cloud: string, after = 0): Promise<RequestEntry[]> {
    const seen = await adminOf(cloud).requests(after)
    return seen.filter(({ path }) => /\/images\/[0-9a-f-]+\/file$/.test(path))
  }

  const lastRequest = async (cloud: string): Promise<number> => (await adminOf(cloud).requests()).at(-1)?.n ?? 0

  const viewOf = (workflowId: string) => world.client.workflow.getHandle(workflowId).query(replicationView)

  const strike = (cloud: string, method: string, pathRegex: string, effect: RuleInput['effect'], times = 1) =>
    adminOf(cloud).addFault({ match: { service: 'image', method, pathRegex }, times, effect })

  test('it arrives with its hash, its needs and its properties, and is there when it is asked for again', async () => {
    const source = await sourceOf('copied')
    await arbutus.image.images.update(source.id, [
      { op: 'add', path: '/os_distro', value: 'debian' },
      { op: 'add', path: '/base_image_ref', value: 'of-arbutus' },
      { op: 'replace', path: '/min_ram', value: 512 },
    ])
    const { exitCode, stderr, item } = await replicate('copied', '--wait')
    expect({ exitCode, state: item?.state }, stderr).toEqual({ exitCode: 0, state: 'copied' })
    const [copy, ...others] = await copiesOf('copied')
    expect(others).toEqual([])
    expect(copy).toMatchObject({
      id: item?.copy?.id,
      status: 'active',
      visibility: 'private',
      hashAlgorithm: 'sha512',
      hashValue: source.hashValue,
      minDiskGb: 3,
      minRamMb: 512,
      diskFormat: 'raw',
      sizeBytes: mib,
      properties: { os_distro: 'debian', [markName]: `sha512:${source.hashValue}` },
    })
    expect(copy?.properties).not.toHaveProperty('base_image_ref')
    expect(kept()).toEqual([])

    const again = await replicate('copied', '--wait')
    expect(again.item, again.stderr).toMatchObject({ state: 'already', copy: { id: copy?.id }, alreadyRunning: false })
    expect(await copiesOf('copied')).toHaveLength(1)
    expect(kept()).toEqual([])
  })

  test('one that the other cloud has anyway is left as it is', async () => {
    const before = await collect(east.image.images.list())
    const { exitCode, stderr, item } = await replicate(IMAGE, '--wait')
    expect({ exitCode, state: item?.state }, stderr).toEqual({ exitCode: 0, state: 'already' })
    expect(await collect(east.image.images.list())).toEqual(before)
  })

  test('a worker process that is killed while it fetches, and one while it sends: it goes on by range, one copy is made', async () => {
    const workflowId = await begin('killed')
    // what has been told is safe on disk
    await until('a third to be fetched', async () =>
      (await viewOf(workflowId)).fetchedBytes > 4 * mib ? true : undefined,
    )
    const second = await replicate('killed')
    expect(second.item).toMatchObject({ workflowId, alreadyRunning: true })
    await world.site.killWorkerProcess()
    const before = await lastRequest('arbutus')
    await world.site.startWorkerProcess()
    await until(
      'it to be sent',
      async () => ((await viewOf(workflowId)).sentBytes > 4 * mib ? true : undefined),
      60_000,
    )
    const fetches = await transfers('arbutus', before)
    expect(fetches.map(({ status }) => status)).toEqual([206])

    await world.site.killWorkerProcess()
    const fetched = await lastRequest('arbutus')
    await world.site.startWorkerProcess()
    const { exitCode, stderr } = await replicate('killed', '--wait')
    expect(exitCode, stderr).toBe(0)
    expect(await transfers('arbutus', fetched)).toEqual([])
    const copies = await copiesOf('killed')
    expect(copies.map(({ status, hashValue }) => ({ status, hashValue }))).toEqual([
      { status: 'active', hashValue: (await sourceOf('killed')).hashValue },
    ])
    expect(kept()).toEqual([])
  })

  test('an upload whose answer is lost makes one copy', async () => {
    await strike('east', 'PUT', '/file$', { kind: 'act-then-drop' })
    const { exitCode, stderr } = await replicate('answered', '--wait')
    expect(exitCode, stderr).toBe(0)
    expect((await copiesOf('answered')).map(({ status }) => status)).toEqual(['active'])
  })

  test.each([
    ['wrong', 'east', 'PUT'],
    ['wrong-source', 'arbutus', 'GET'],
  ] as const)('wrong data (%s): HashMismatch, and nothing is left', async (name, cloud, method) => {
    await strike(cloud, method, '/file$', { kind: 'wrong-data' })
    const { exitCode, stderr } = await replicate(name, '--wait')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('HashMismatch')
    await nothingIsLeftOf(name)
  })

  test('no room in the project’s quota there is said, and nothing is left', async () => {
    const limit = 'Request exceeds the maximum: image_count_total is over limit of 3 due to current usage 3 and delta 1'
    await strike('east', 'POST', '/images$', { kind: 'status', status: 413, message: limit })
    const { exitCode, stderr } = await replicate('full', '--wait')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('ImageQuotaExceeded')
    expect(stderr).toContain('image_count_total')
    await nothingIsLeftOf('full')
  })

  test('while it is sent, jobs can be submitted where it is; cancelled: nothing is left', async () => {
    const workflowId = await begin('cancelled')
    await until('it to be sent', async () => ((await viewOf(workflowId)).sentBytes > mib ? true : undefined), 60_000)
    expect((await copiesOf('cancelled')).map(({ status }) => status)).toEqual(['saving'])
    const { folder, file } = shellJobs(world.site, 'meanwhile', 'true', 1)
    const dryRun = ['submit', file, 'cancelled', FLAVOR, '--dry-run', '-o', 'json']
    const { exitCode, stdout, stderr } = await world.site.cli(dryRun, { cwd: folder })
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      item: {
        images: [{ cloud: 'arbutus', name: 'cancelled' }],
        copies: [{ cloud: 'east', from: 'arbutus' }],
        verdicts: expect.arrayContaining([
          { cloud: 'east', verdict: 'copying', reason: expect.stringMatching(/^copying, \d+ %/) },
        ]),
      },
    })
    const handle = world.client.workflow.getHandle(workflowId)
    await handle.cancel()
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    await nothingIsLeftOf('cancelled')
  })

  test('ended from outside while it is fetched: its data and its copies of credentials go, by the housekeeping', async () => {
    const workflowId = await begin('ended')
    await until('it to be fetched', async () => ((await viewOf(workflowId)).fetchedBytes > 0 ? true : undefined))
    await world.client.workflow.getHandle(workflowId).terminate('by mistake')
    const keepHouse = () =>
      world.client.workflow.execute(housekeepingType, housekeepingStart({ pool: world.config.pool }))
    await until('its files to go', async () => {
      await keepHouse()
      return kept().length === 0 ? true : undefined
    })
    // what is asked for again is begun anew, in the record that is there
    expect((await replicate('ended', '--wait')).exitCode).toBe(0)
    expect((await copiesOf('ended')).map(({ status }) => status)).toEqual(['active'])
  })

  test('an image that is not active is refused, and its status named', async () => {
    const source = await sourceOf('retired')
    await arbutus.image.images.deactivate(source.id)
    const { exitCode, stderr } = await replicate('retired', '--wait')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('ImageNotActive')
    expect(stderr).toContain('deactivated')
    await nothingIsLeftOf('retired')
  })
})
