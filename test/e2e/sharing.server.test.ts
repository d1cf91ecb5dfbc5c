import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImageSharingResult, ImageUnsharingResult } from '#api/types.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { ASTRONOMER_PROJECT, BATCH_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'

const lensing = 'lensing'
const planets = { id: 'a1b2c3d4'.repeat(4), name: 'planets' }
const full = 'shared-with-all'
const many = Array.from({ length: 128 }, (_, n) => ({ id: n.toString(16).padStart(32, '0'), name: `group-${n}` }))

const owned = (name: string, more: object = {}) => ({ name, owner: ASTRONOMER_PROJECT, size: 1 << 20, ...more })

/** The astronomer is in `lensing` too; nobody here is in `planets`. */
const changed = (seed: SeedInput): SeedInput => ({
  ...seed,
  projects: [...(seed.projects ?? []), { name: lensing }, planets, ...many],
  users: (seed.users ?? []).map((user) =>
    user.roles?.[ASTRONOMER_PROJECT] === undefined
      ? user
      : { ...user, roles: { ...user.roles, [lensing]: ['member'] } },
  ),
  images: [
    ...(seed.images ?? []),
    owned('private-one'),
    owned('public-one', { visibility: 'public' }),
    owned('theirs', {
      owner: lensing,
      visibility: 'shared',
      members: [{ project: ASTRONOMER_PROJECT, status: 'accepted' }],
    }),
    owned(full, { visibility: 'shared', members: many.map(({ name }) => ({ project: name, status: 'pending' })) }),
  ],
})

let site: Site

beforeAll(async () => {
  const clouds = [
    { name: 'arbutus', seed: changed },
    { name: 'east', seed: changed },
  ]
  site = await startSite({ guests: 'process', fast: true, keepalive: '6s', clouds })
})
afterAll(() => site?.stop())

const image = (verb: 'share' | 'unshare', ...argv: string[]) => site.cli(['image', verb, ...argv, '-o', 'json'])

async function rows<Row>(verb: 'share' | 'unshare', ...argv: string[]): Promise<Row[]> {
  const { exitCode, stdout, stderr } = await image(verb, ...argv)
  expect(exitCode, stderr).toBe(0)
  return (JSON.parse(stdout) as { items: Row[] }).items
}

/** With whom the cloud itself says that an image is shared. */
async function members(cloud: string, name: string): Promise<Record<string, string>> {
  const { images } = (await site.clouds[cloud]?.admin.inventory()) ?? { images: [] }
  const found = images.find((one) => one.name === name)
  return Object.fromEntries((found?.members ?? []).map(({ project, status }) => [project, status]))
}

describe('an image is shared', () => {
  test('with several projects, on each cloud: those that the user is in accept at once', async () => {
    const shared = await rows<ImageSharingResult>('share', 'private-one', lensing, planets.id)
    expect(shared).toMatchObject(
      ['arbutus', 'east'].flatMap((cloud) => [
        { cloud, projectName: lensing, outcome: 'shared', membership: 'accepted' },
        { cloud, project: planets.id, outcome: 'shared', membership: 'pending' },
      ]),
    )
    expect(await members('arbutus', 'private-one')).toEqual({ [lensing]: 'accepted', planets: 'pending' })
    const again = await rows<ImageSharingResult>('share', 'private-one', planets.id, '--cloud', 'east')
    expect(again).toMatchObject([{ outcome: 'already', membership: 'pending' }])
  })

  test('with some, though another is not known', async () => {
    const { exitCode, stdout, stderr } = await image('share', 'private-one', 'lensin', BATCH_PROJECT, '--cloud', 'east')
    expect(exitCode).not.toBe(0)
    expect((JSON.parse(stdout) as { items: unknown[] }).items).toMatchObject([
      { outcome: 'failed', problem: { code: 'ProjectUnknown', details: expect.arrayContaining([lensing]) } },
      { project: expect.any(String), projectName: BATCH_PROJECT, outcome: 'shared', membership: 'accepted' },
    ])
    expect(stderr).toContain('lensin on east')
    expect(await members('east', 'private-one')).toMatchObject({ [BATCH_PROJECT]: 'accepted' })
  })

  test('with nobody, if it is everybody’s', async () => {
    const open = await rows<ImageSharingResult>('share', 'public-one', planets.id, '--cloud', 'east')
    expect(open).toMatchObject([{ outcome: 'open' }])
    expect(await members('east', 'public-one')).toEqual({})
  })

  test.each([
    ['it belongs to another project', 'theirs', 'ImageNotYours', 4],
    ['it is shared with as many as the cloud allows', full, 'ImageMembersFull', 1],
  ])('not if %s', async (_why, name, code, exit) => {
    const before = await members('east', name)
    const { exitCode, stdout } = await image('share', name, planets.id, '--cloud', 'east')
    expect(exitCode).toBe(exit)
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ outcome: 'failed', problem: { code } }] })
    expect(await members('east', name)).toEqual(before)
  })
})

describe('an image is taken back', () => {
  test('from those that had it; by its owner alone', async () => {
    await rows('share', 'private-one', lensing, '--cloud', 'arbutus')
    const back = await rows<ImageUnsharingResult>(
      'unshare',
      'private-one',
      lensing,
      BATCH_PROJECT,
      '--cloud',
      'arbutus',
    )
    expect(back).toMatchObject([{ outcome: 'unshared' }, { outcome: 'not-shared' }])
    expect(await members('arbutus', 'private-one')).not.toHaveProperty(lensing)
    const { exitCode, stdout } = await image('unshare', 'theirs', ASTRONOMER_PROJECT, '--cloud', 'east')
    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ problem: { code: 'ImageNotYours' } }] })
  })

  test('from the batch project: what still needs it is said, and runs on', { timeout: 60_000 }, async () => {
    const { account } = site
    writeOwn(account, join(account.home, 'job.sh'), '#!/bin/sh\nsleep 12\n', 0o755)
    writeOwn(account, join(account.home, 'used.sub'), 'executable = job.sh\nqueue 1\n', 0o644)
    const submitted = await site.cli(['submit', 'used.sub', IMAGE, FLAVOR, '-o', 'json'])
    expect(submitted.exitCode, submitted.stderr).toBe(0)
    const { item } = JSON.parse(submitted.stdout) as { item: { clusters: { cloud: string; id: number }[] } }
    const job = `${item.clusters[0]?.id}.0`
    await expect
      .poll(() => site.pool.tool('condor_q', ['-allusers', job, '-af', 'JobStatus']), { timeout: 40_000 })
      .toBe('2')
    const back = await rows<ImageUnsharingResult>('unshare', IMAGE, BATCH_PROJECT)
    const used = back.flatMap(({ usedBy }) => (usedBy === undefined || usedBy === 'unknown' ? [] : [usedBy]))
    expect(back.map(({ outcome }) => outcome)).toContain('unshared')
    expect(used.flatMap(({ submissions }) => submissions)).toContainEqual(expect.objectContaining({ jobs: 1 }))
    expect(used.flatMap(({ vms }) => vms)).toHaveLength(1)
    await expect
      .poll(() => site.pool.tool('condor_history', [job, '-af', 'ExitCode', 'NumJobStarts']), { timeout: 40_000 })
      .toBe('0 1')
  })
})
