import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FlavorRow } from '#api/types.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { ASTRONOMER_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'

const EXCLUDED = 'c1-3.75gb-15'
const large = 'large-one'

/** Needs 25 GB of root disk; on arbutus alone. */
const withLarge = (seed: SeedInput): SeedInput => ({
  ...seed,
  images: [
    ...(seed.images ?? []),
    { name: large, owner: ASTRONOMER_PROJECT, visibility: 'private', diskFormat: 'qcow2', size: 1 << 20, minDisk: 25 },
  ],
  flavors: [
    ...(seed.flavors ?? []),
    { name: 'rootless', vcpus: 2, ramMb: 4096, diskGb: 0, ephemeralGb: 0 },
    { name: 'roomy', vcpus: 2, ramMb: 4096, diskGb: 40, ephemeralGb: 0 },
  ],
})

let site: Site

beforeAll(async () => {
  site = await startSite({
    guests: 'process',
    fast: true,
    keepalive: '6s',
    clouds: [{ name: 'arbutus', seed: withLarge, excludedFlavors: [EXCLUDED] }, { name: 'east' }],
  })
  writeOwn(site.account, join(site.account.home, 'job.sh'), '#!/bin/sh\nexit 0\n', 0o755)
  writeOwn(site.account, join(site.account.home, 'one.sub'), 'executable = job.sh\nqueue 1\n', 0o644)
})
afterAll(() => site?.stop())

async function flavors(...options: string[]): Promise<FlavorRow[]> {
  const { exitCode, stdout, stderr } = await site.cli(['flavor', 'list', ...options, '-o', 'json'])
  expect(exitCode, stderr).toBe(0)
  return (JSON.parse(stdout) as { items: FlavorRow[] }).items
}

const named = (rows: FlavorRow[], cloud: string, name: string) =>
  rows.find((row) => row.cloud === cloud && row.name === name)

test('each flavor of each cloud has its reason; an excluded one is excluded where it is', async () => {
  const rows = await flavors('--for', IMAGE, '--cpus', '2', '--memory', '6G', '--scratch', '20')
  expect(named(rows, 'arbutus', EXCLUDED)?.refusal).toBe('not offered for batch jobs')
  expect(named(rows, 'east', EXCLUDED)?.refusal).toMatch(
    /cpus 1 of 2; memory 3840 MB of 6144 MB; scratch disk \d+ GB of 20 GB/,
  )
  expect(named(rows, 'arbutus', 'rootless')?.refusal).toMatch(/^it has no root disk of its own/)
  for (const cloud of ['arbutus', 'east']) {
    expect(named(rows, cloud, FLAVOR)).toMatchObject({ chosen: true })
    expect(rows.filter((row) => row.cloud === cloud && row.chosen)).toHaveLength(1)
  }
})

test('an image that one cloud lacks is spoken of on the other alone', async () => {
  const { exitCode, stdout, stderr } = await site.cli(['flavor', 'list', '--for', large, '-o', 'json'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain(`east: there is no image "${large}"`)
  const { items } = JSON.parse(stdout) as { items: FlavorRow[] }
  expect(new Set(items.map(({ cloud }) => cloud))).toEqual(new Set(['arbutus']))
  expect(named(items, 'arbutus', FLAVOR)?.refusal).toMatch(/^root disk \d+ GB of 25 GB$/)
  expect(named(items, 'arbutus', 'roomy')).toMatchObject({ chosen: true })
  expect(await site.cli(['flavor', 'list', '--for', 'nowhere'])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('there is no image "nowhere"'),
  })
})

test('a submission that names an excluded flavor is refused, and says so', async () => {
  const refused = await site.cli(['submit', 'one.sub', IMAGE, EXCLUDED])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain(`the flavor ${EXCLUDED} is not offered for batch jobs`)
  expect(refused.stderr).toContain('arbutus')
})

test('cloud check tells of it', async () => {
  const { stdout } = await site.cli(['cloud', 'check', 'arbutus', '-o', 'json'], { as: 'operator' })
  const { items } = JSON.parse(stdout) as { items: { name: string; detail: string }[] }
  expect(items.find(({ name }) => name === 'flavors')?.detail).toMatch(/; 1 excluded/)
})
