import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { credentialRotationId, rotationView, type CredentialRotationResult } from '#contract/credential-rotation.ts'
import { housekeepingId } from '#contract/housekeeping.ts'
import type { RuleInput } from '#testbed/front/rule.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type CrashSite } from './crash-site.ts'
import { cloudsFile, CredentialAudit, idInFile, makeOwner, ownedBy, writeOwners } from './rotation-site.ts'

const owner = makeOwner()

let own: CrashSite
let east: SiteCloud
let audit: CredentialAudit

beforeAll(async () => {
  own = await startCrashSite({
    keepalive: '3s',
    withoutWorkerProcess: true,
    // a VM whose create call a killed process may or may not have made is looked for this long
    deadlines: { createCall: '5s', createLookup: '14s', building: '14s', join: '40s', drain: '90s' },
    clouds: [
      {
        name: 'east',
        seed: ownedBy(owner),
        rotation: { owner: 'east-owner', every: '30d', lifetime: '90d', grace: '4s' },
      },
    ],
  })
  const { east: cloud } = own.site.clouds
  if (cloud === undefined) throw new Error('a cloud was asked for')
  east = cloud
  audit = new CredentialAudit(own.site, 'east', owner)
})
afterAll(async () => {
  await audit?.[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
})

const rotation = () => own.client.workflow.getHandle(credentialRotationId('east'))

/** Holds every request that matches, until the next is held. */
async function hold(match: RuleInput['match'], kind: 'hang' | 'act-then-hang'): Promise<void> {
  await east.admin.clearFaults()
  await east.admin.addFault({ match: match ?? {}, times: null, effect: { kind } })
}

const struck = async (kind: string): Promise<number> => (await east.admin.counters()).faults[kind] ?? 0

/** Waits until one more request is held. */
async function held(kind: 'hang' | 'act-then-hang', before: number): Promise<void> {
  await until(
    `a request to ${kind}`,
    () => struck(kind),
    (count) => count > before,
  )
}

async function crashAndRestart(): Promise<void> {
  await own.crash()
  await own.restart()
}

test(
  'the site rotates by itself, while jobs run and its worker process is killed between any two steps',
  { timeout: 300_000 },
  async () => {
    const old = idInFile(own.site, 'east')
    const { ino } = statSync(cloudsFile(own.site))
    writeOwners(own.site, { east: owner })
    // before anything can begin: the credential is made, and its answer lost
    await hold({ service: 'identity', method: 'POST', pathRegex: 'application_credentials$' }, 'act-then-hang')
    audit.watch()
    await own.restart()
    await until(
      'the image to be shared',
      async () => (await own.site.cli(['image', 'share', 'catalogue-software-2023-08-21'])).exitCode,
      (code) => code === 0,
    )
    const gate = join(own.site.account.home, 'work', 'gate')
    await own.submit('long.sub', { jobs: 2, until: gate })
    await until(
      'both jobs to run',
      () => own.began().length,
      (count) => count === 2,
    )
    await own.client.schedule.getHandle(housekeepingId(POOL)).trigger()
    await held('act-then-hang', 0)
    await own.crash()

    // made anew; not proved yet
    await hold({ service: 'image', method: 'GET', pathRegex: String.raw`images\?(.*&)?limit=1(&|$)` }, 'hang')
    await own.restart()
    await held('hang', 0)
    expect(idInFile(own.site, 'east')).toBe(old)
    await own.submit('between.sub', { jobs: 1 })
    await own.crash()

    // proved; killed as soon as it is in clouds.yaml
    await east.admin.clearFaults()
    await own.restart()
    while (statSync(cloudsFile(own.site)).ino === ino) await sleep(5)
    await own.crash()
    const fresh = idInFile(own.site, 'east')
    expect(fresh).not.toBe(old)

    const deletion = { service: 'identity', method: 'DELETE', pathRegex: 'application_credentials/' } as const
    await hold(deletion, 'hang')
    await own.restart()
    await until(
      'it to be in use',
      async () => (await rotation().query(rotationView)).state,
      (state) => state === 'grace',
    )
    await own.submit('grace.sub', { jobs: 1 })
    const hangs = await struck('hang')
    await crashAndRestart()
    await held('hang', hangs)
    // deleted, and the answer is lost
    await own.crash()
    await hold(deletion, 'act-then-hang')
    const before = await struck('act-then-hang')
    await own.restart()
    await held('act-then-hang', before)
    await own.crash()
    await east.admin.clearFaults()
    await own.restart()

    const result = (await rotation().result()) as CredentialRotationResult
    expect(result.made).toMatchObject({ id: fresh, ruled: true, replaces: old })
    await own.submit('after.sub', { jobs: 1 })
    writeOwn(own.site.account, gate, '', 0o644)
    await quiet(own)
    await audit.rest()

    expect(audit.breaches).toEqual([])
    expect(audit.looks).toBeGreaterThan(50)
    expect(await breaches(own)).toEqual([])
    const jobs = await own.jobs()
    expect(jobs.map(({ exitCode, starts }) => [exitCode, starts])).toEqual(Array.from({ length: 5 }, () => [0, 1]))
    // nobody was ever refused: neither for the older one, nor for the new
    const refused = (await east.admin.requests()).filter(({ status }) => status === 401)
    expect(refused).toEqual([])
    expect(own.kills()).toBe(6)
  },
)

test('what is left is the new credential, the owner’s, and what the file says', async () => {
  const left = await audit.credentials()
  expect(left.map(({ id, use, unrestricted }) => ({ id, use, unrestricted }))).toEqual(
    expect.arrayContaining([
      { id: owner.entry.id, use: 'not ours', unrestricted: true },
      { id: idInFile(own.site, 'east'), use: 'batch', unrestricted: false },
    ]),
  )
  expect(left).toHaveLength(2)
  const { mode } = statSync(cloudsFile(own.site))
  expect((mode & 0o777).toString(8)).toBe('600')
  expect(readFileSync(own.site.worker.logFile, 'utf8')).not.toContain('alarm: Rotation')
})
