import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCloudConfig, OpenStack, type ImageDetails } from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CloudVerdict, CopyStatus } from '#api/types.ts'
import { imageReplicationType } from '#contract/image-replication.ts'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { ASTRONOMER_PROJECT, BATCH_PROJECT, FLAVOR } from '#testbed/site/words.ts'
import { shellJobs, testSite, until, type TestSite } from './support.ts'

const mib = 1 << 20
/** So slow that it can be looked at, and a process killed, in the middle. */
const bytesPerSecond = 2 * mib

/** All on arbutus alone. Their data depend on their names: each has a hash of its own. */
const sizes = {
  waited: 8 * mib,
  followed: 12 * mib,
  shared: 12 * mib,
  beside: 4 * mib,
  full: mib,
  cut: 8 * mib,
  removed: 12 * mib,
} as const
type Name = keyof typeof sizes

/** Of a flavor that arbutus lacks. */
const EAST_FLAVOR = 'e2-4gb'

const withImages = (seed: SeedInput): SeedInput => ({
  ...seed,
  images: [
    ...(seed.images ?? []),
    ...Object.entries(sizes).map(([name, size]) => {
      return { name, size, owner: ASTRONOMER_PROJECT, visibility: 'private', diskFormat: 'raw' } as const
    }),
  ],
})

const withFlavor = (seed: SeedInput): SeedInput => ({
  ...seed,
  flavors: [...(seed.flavors ?? []), { name: EAST_FLAVOR, vcpus: 2, ramMb: 4096, diskGb: 20, ephemeralGb: 0 }],
})

interface Submitted {
  workflowId: string
  clusters: { id: number }[]
  images: { cloud: string }[]
  copies: CopyStatus[]
}

describe('a submission whose image a cloud lacks', () => {
  let world: TestSite
  let east: OpenStack

  beforeAll(async () => {
    const clouds = [
      { name: 'arbutus', priority: 10, quota: { instances: 1 }, seed: withImages },
      { name: 'east', seed: withFlavor },
      { name: 'north', copyImages: false, seed: withFlavor },
    ]
    world = await testSite({ clouds, replication: { bytesPerSecond } })
    const files = { clouds: join(world.site.account.home, '.config', 'openstack', 'clouds.yaml') }
    east = OpenStack.connect(loadCloudConfig({ cloud: 'east', env: {}, cwd: '/', files }), { retry: {} })
  })
  afterAll(async () => {
    await east?.close()
    await world?.stop()
  })

  const adminOf = (cloud: string): CloudAdmin => {
    const found = world.site.clouds[cloud]
    if (found === undefined) throw new Error(`the site has no cloud ${cloud}`)
    return found.admin
  }
  const copiesOf = (name: Name): Promise<ImageDetails[]> => east.image.images.findByName(name)

  const cli = (folder: string, ...argv: string[]) => world.site.cli([...argv, '-o', 'json'], { cwd: folder })

  async function submit(
    name: string,
    image: Name,
    flavor: string,
    { command = 'true', jobs = 1 } = {},
  ): Promise<Submitted> {
    const { folder, file } = shellJobs(world.site, name, command, jobs)
    const { exitCode, stdout, stderr } = await cli(folder, 'submit', file, image, flavor)
    expect(exitCode, stderr).toBe(0)
    return (JSON.parse(stdout) as { item: Submitted }).item
  }

  /** What is said of a cloud to whom asks why the jobs wait. */
  async function verdictOn(cloud: string, { clusters }: Submitted): Promise<CloudVerdict | undefined> {
    const { stdout } = await cli('/', 'job', 'why', String(clusters[0]?.id))
    const { item } = (stdout === '' ? {} : JSON.parse(stdout)) as { item?: { verdicts: CloudVerdict[] } }
    return item?.verdicts.find((one) => one.cloud === cloud)
  }

  const percentOf = (told: { reason: string } | undefined): number | undefined => {
    const percent = /copying, (\d+) %/.exec(told?.reason ?? '')?.[1]
    return percent === undefined ? undefined : Number(percent)
  }

  /** Exit code and VM of each job of a submission, once all have ended. */
  const ended = ({ clusters }: Submitted, count = 1): Promise<string[]> =>
    until(
      'the jobs to end',
      async () => {
        const id = String(clusters[0]?.id)
        const told = await world.site.pool.tool('condor_history', [id, '-af', 'ExitCode', 'LastRemoteHost'])
        const jobs = told.split('\n').filter((line) => line !== '')
        return jobs.length === count ? jobs : undefined
      },
      120_000,
    )
  const wellOn = (cloud: string) => expect.stringMatching(new RegExp(`^0 .*-${cloud}-`))

  /** The copies of the user's credentials that are kept. */
  function kept(): string[] {
    const folder = join(world.site.account.home, '.local', 'state', 'canfar-batch', 'credentials')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  async function replications(status?: 'Running'): Promise<string[]> {
    const found: string[] = []
    const running = status === undefined ? '' : ` AND ExecutionStatus = '${status}'`
    const query = `WorkflowType = '${imageReplicationType}'${running}`
    for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId)
    return found
  }

  test('and whose flavor that cloud alone has: the jobs wait, the image is copied, they run there', async () => {
    const { folder, file } = shellJobs(world.site, 'waited', 'true', 1)
    const dry = await cli(folder, 'submit', file, 'waited', EAST_FLAVOR, '--dry-run')
    expect(dry.exitCode, dry.stderr).toBe(0)
    expect(JSON.parse(dry.stdout)).toMatchObject({
      item: {
        images: [],
        copies: [{ cloud: 'east', from: 'arbutus', name: 'waited' }],
        verdicts: expect.arrayContaining([
          { cloud: 'east', verdict: 'copying', reason: expect.stringContaining('not there yet') },
          { cloud: 'north', verdict: 'image-missing', reason: expect.any(String) },
        ]),
      },
    })
    expect(await replications()).toEqual([])

    const submitted = await submit('waited', 'waited', EAST_FLAVOR)
    expect(submitted).toMatchObject({ images: [], copies: [{ cloud: 'east', from: 'arbutus', state: 'copying' }] })
    const percent = await until('a verdict with percents', async () => percentOf(await verdictOn('east', submitted)))
    expect(percent).toBeLessThan(100)
    expect(await ended(submitted)).toEqual([wellOn('east')])
    expect((await copiesOf('waited')).map(({ status }) => status)).toEqual(['active'])
  })

  test('tells whoever follows it how far the copy is, +TargetClouds naming that cloud', async () => {
    const { folder, file } = shellJobs(world.site, 'followed', 'true', 1)
    const lines = ['executable = job.sh', 'should_transfer_files = YES', '+TargetClouds = "east"', 'queue 1', '']
    writeFileSync(join(folder, file), lines.join('\n'))
    const { exitCode, stderr } = await cli(folder, 'submit', file, 'followed', FLAVOR, '--wait', '--timeout', '2m')
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/waiting for the image \| east: copying, [1-9]\d? %/)
  })

  test('twice at once, and the worker process killed in the middle: one copy is made, and both run there', async () => {
    const both = await Promise.all([
      submit('first', 'shared', EAST_FLAVOR),
      submit('second', 'shared', EAST_FLAVOR, { jobs: 2 }),
    ])
    await until('a third to be fetched', async () => {
      const percent = percentOf(await verdictOn('east', both[0]))
      return percent !== undefined && percent > 15 ? true : undefined
    })
    await world.site.killWorkerProcess()
    const before = (await adminOf('arbutus').requests()).at(-1)?.n ?? 0
    await world.site.startWorkerProcess()
    expect(await Promise.all([ended(both[0]), ended(both[1], 2)])).toEqual([
      [wellOn('east')],
      [wellOn('east'), wellOn('east')],
    ])
    expect((await copiesOf('shared')).map(({ status }) => status)).toEqual(['active'])
    const fetched = (await adminOf('arbutus').requests(before)).filter(({ path }) => path.endsWith('/file'))
    // what had come is not fetched again
    expect(fetched.every(({ status }) => status === 206)).toBe(true)
    await until('the copies of credentials to go', async () => (kept().length === 0 ? true : undefined))
  })

  test('while another cloud has it: its jobs run there at once, and here too once the copy is there', async () => {
    const gate = join(world.site.account.home, 'beside-gate')
    const command = `until [ -e '${gate}' ]; do sleep 0.2; done`
    const jobs = await submit('beside', 'beside', FLAVOR, { command, jobs: 6 })
    expect(jobs).toMatchObject({ images: [{ cloud: 'arbutus' }], copies: [{ cloud: 'east' }] })
    const running = (cloud: string) =>
      until(
        `jobs to run on ${cloud}`,
        async () => {
          const told = await world.site.pool.tool('condor_q', [
            '-allusers',
            String(jobs.clusters[0]?.id),
            '-af',
            'RemoteHost',
          ])
          return told.includes(`-${cloud}-`) ? told : undefined
        },
        90_000,
      )
    // which hold its only VM until the gate is open
    await running('arbutus')
    await running('east')
    writeFileSync(gate, '')
    expect(await ended(jobs, 6)).toEqual(expect.arrayContaining([wellOn('arbutus'), wellOn('east')]))
  })

  test('and which has no room for a copy: that is said, keeps no job from another cloud, and is tried again, as is one that was ended', async () => {
    const limit = 'Request exceeds the maximum: image_count_total is over limit of 3'
    const { id } = await adminOf('east').addFault({
      match: { service: 'image', method: 'POST', pathRegex: '/images$' },
      times: null,
      effect: { kind: 'status', status: 413, message: limit },
    })
    const elsewhere = await submit('full-elsewhere', 'full', FLAVOR)
    expect(await ended(elsewhere)).toEqual([wellOn('arbutus')])
    const only = await submit('full', 'full', EAST_FLAVOR)
    const verdict = await until('the failure to be said', async () => {
      const told = await verdictOn('east', only)
      return told?.verdict === 'copy-failed' ? told : undefined
    })
    expect(verdict.reason).toContain('image_count_total')
    expect(verdict.reason).toContain('Delete images there that nobody needs')
    await adminOf('east').removeFault(id)

    // one that nobody is told of: it was ended from outside
    const cut = await submit('cut', 'cut', EAST_FLAVOR)
    const [running] = await until('it to be copied', async () => {
      const all = await replications('Running')
      return all.length > 0 && percentOf(await verdictOn('east', cut)) !== undefined ? all : undefined
    })
    await world.client.workflow.getHandle(running ?? '').terminate('by mistake')
    expect((await verdictOn('east', cut))?.reason).toMatch(/^copying failed: it was ended from outside/)
    expect(await Promise.all([ended(only), ended(cut)])).toEqual([[wellOn('east')], [wellOn('east')]])
  })

  test('and which is removed: the copy is made all the same, and nothing of the user’s is left', async () => {
    // those of the copy that was ended from outside stay until the housekeeping finds them
    const before = new Set(kept())
    const submitted = await submit('removed', 'removed', EAST_FLAVOR)
    await until('it to be copied', async () => percentOf(await verdictOn('east', submitted)))
    expect(await world.site.cli(['job', 'remove', String(submitted.clusters[0]?.id), '--yes'])).toMatchObject({
      exitCode: 0,
    })
    await until('the submission to end', async () => {
      const { status } = await world.client.workflow.getHandle(submitted.workflowId).describe()
      return status.name === 'RUNNING' ? undefined : status.name
    })
    const copy = await until(
      'the copy',
      async () => (await copiesOf('removed')).find(({ status }) => status === 'active'),
      60_000,
    )
    expect(copy.sizeBytes).toBe(sizes.removed)
    await until('its copies of credentials to go', async () =>
      kept().every((file) => before.has(file)) ? true : undefined,
    )
  })

  test('and where the one that has it has no room left for VMs', async () => {
    // arbutus has an image of this name, east the copy that was made before
    await adminOf('arbutus').setQuota(BATCH_PROJECT, { compute: { instances: 0 } })
    const submitted = await submit('no-room', 'beside', FLAVOR)
    expect(submitted).toMatchObject({ images: [{ cloud: 'arbutus' }, { cloud: 'east' }], copies: [] })
    expect(await ended(submitted)).toEqual([wellOn('east')])
  })
})
