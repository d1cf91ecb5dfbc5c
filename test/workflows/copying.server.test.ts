import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCloudConfig, OpenStack, type ImageDetails } from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CloudVerdict, CopyStatus } from '#api/types.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { ASTRONOMER_PROJECT, FLAVOR } from '#testbed/site/words.ts'
import { shellJobs, testSite, until, type TestSite } from './support.ts'

const mib = 1 << 20
/** So slow that it can be looked at, and a process killed, in the middle. */
const bytesPerSecond = 2 * mib

/** All on arbutus alone. Their data depend on their names: each has a hash of its own. */
const sizes = { waited: 8 * mib } as const
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
  submission: string
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
    ]
    world = await testSite({ clouds, replication: { bytesPerSecond } })
    const files = { clouds: join(world.site.account.home, '.config', 'openstack', 'clouds.yaml') }
    east = OpenStack.connect(loadCloudConfig({ cloud: 'east', env: {}, cwd: '/', files }), { retry: {} })
  })
  afterAll(async () => {
    await east?.close()
    await world?.stop()
  })

  const copiesOf = (name: Name): Promise<ImageDetails[]> => east.image.images.findByName(name)

  async function submit(name: string, image: Name, flavor: string, command: string, jobs = 1): Promise<Submitted> {
    const { folder, file } = shellJobs(world.site, name, command, jobs)
    const { exitCode, stdout, stderr } = await world.site.cli(['submit', file, image, flavor, '-o', 'json'], {
      cwd: folder,
    })
    expect(exitCode, stderr).toBe(0)
    return (JSON.parse(stdout) as { item: Submitted }).item
  }

  async function why({ clusters }: Submitted): Promise<CloudVerdict[]> {
    const { stdout } = await world.site.cli(['job', 'why', String(clusters[0]?.id), '-o', 'json'])
    return stdout === '' ? [] : (JSON.parse(stdout) as { item: { verdicts: CloudVerdict[] } }).item.verdicts
  }

  /** Where the jobs of a submission ran, once they all have ended. */
  const ranOn = ({ clusters }: Submitted): Promise<string[]> =>
    until(
      'the jobs to end',
      async () => {
        const id = String(clusters[0]?.id)
        const left = await world.site.pool.tool('condor_q', ['-allusers', id, '-af', 'ProcId'])
        const ended = await world.site.pool.tool('condor_history', [id, '-af', 'ExitCode', 'LastRemoteHost'])
        return left.trim() === '' && ended.trim() !== '' ? ended.trim().split('\n') : undefined
      },
      90_000,
    )

  test('and whose flavor that cloud alone has: the jobs wait, the image is copied, they run there', async () => {
    const submitted = await submit('waited', 'waited', EAST_FLAVOR, 'true')
    expect(submitted).toMatchObject({ images: [], copies: [{ cloud: 'east', from: 'arbutus', state: 'copying' }] })
    const percent = await until('a verdict with percents', async () => {
      const [verdict] = (await why(submitted)).filter(({ cloud }) => cloud === 'east')
      return verdict?.verdict === 'copying' ? /^copying, (\d+) %/.exec(verdict.reason)?.[1] : undefined
    })
    expect(Number(percent)).toBeLessThan(100)
    expect(await ranOn(submitted)).toEqual([expect.stringMatching(/^0 .*-east-/)])
    expect((await copiesOf('waited')).map(({ status }) => status)).toEqual(['active'])
  })
})
