import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CloudDetails, Rotation, RotationStatus } from '#api/types.ts'
import { untilTakenUp } from '#contract/questions.ts'
import { credentialRotationId, credentialRotationType, rotationView } from '#contract/credential-rotation.ts'
import { housekeepingId } from '#contract/housekeeping.ts'
import { credentialRotationStart } from '#contract/starts.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { BATCH_PROJECT } from '#testbed/site/words.ts'
import { until } from './crash-site.ts'
import {
  cloudsFile,
  CredentialAudit,
  entryOf,
  idInFile,
  makeOwner,
  openrc,
  ownedBy,
  writeOwners,
  type Owner,
} from './rotation-site.ts'
import { histories } from './secrets/histories.ts'
import { needle, search, type Needle } from './secrets/needles.ts'
import { file, filesBelow, inDatabase, inLogs } from './secrets/places.ts'
import { siteSecrets } from './secrets/site-secrets.ts'

const owners: Record<string, Owner> = Object.fromEntries(
  ['arbutus', 'slow', 'east', 'deaf'].map((name) => [name, makeOwner()]),
)
const ownerOf = (cloud: string): Owner => owners[cloud] ?? makeOwner()
const stranger = 'the-password-of-a-stranger'

/** Somebody else is in the batch project too, and the batch user in another one. */
const crowded = (usual: SeedInput): SeedInput => ({
  ...usual,
  projects: [...(usual.projects ?? []), { name: 'elsewhere' }],
  users: [
    ...(usual.users ?? []).map((user) =>
      user.roles?.[BATCH_PROJECT] === undefined
        ? user
        : { ...user, roles: { ...user.roles, elsewhere: ['member' as const] } },
    ),
    { name: 'stranger', password: stranger, roles: { [BATCH_PROJECT]: ['member'] } },
  ],
})

const cloud = (name: string, rotation: object, more: object = {}) => ({
  name,
  seed: (usual: SeedInput) => crowded(ownedBy(ownerOf(name))(usual)),
  rotation,
  ...more,
})

let site: Site
let connection: Connection
let client: Client
let watcher: ChildProcess
let commandLines: string
const audits: Record<string, CredentialAudit> = {}
/** Every secret that was in clouds.yaml or lent at some time. */
const secrets: Needle[] = []

beforeAll(async () => {
  site = await startSite({
    guests: 'process',
    fast: true,
    logLevel: 'debug',
    clouds: [
      cloud('arbutus', { grace: '2s' }),
      cloud('slow', { grace: '12s' }),
      cloud('east', { owner: 'east-owner', every: '30d', lifetime: '60d', grace: '2s' }),
      cloud('deaf', { owner: 'deaf-owner', grace: '2s' }, { withoutServiceType: ['network'] }),
    ],
  })
  commandLines = join(site.instance.folder, 'command-lines')
  const out = openSync(commandLines, 'w')
  watcher = spawn(process.execPath, [join(import.meta.dirname, 'secrets', 'command-lines.ts')], {
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  connection = await Connection.connect({ address: site.temporal.address })
  client = new Client({ connection, interceptors: { workflow: [untilTakenUp] } })
  for (const [name, owner] of Object.entries(owners)) {
    audits[name] = new CredentialAudit(site, name, owner)
    secrets.push(needle(`the owner’s password on ${name}`, owner.password))
    secrets.push(needle(`the owner’s credential on ${name}`, owner.entry.secret))
  }
})

afterAll(async () => {
  watcher?.kill()
  for (const audit of Object.values(audits)) await audit[Symbol.asyncDispose]()
  await connection?.close()
  await site?.stop()
})

const auditOf = (name: string): CredentialAudit => audits[name] ?? new CredentialAudit(site, name, ownerOf(name))

type Answer = { exitCode: number | undefined; stderr: string; item: Partial<Rotation & RotationStatus> }

async function rotate(name: string, env: Record<string, string> = {}, ...more: string[]): Promise<Answer> {
  const argv = ['cloud', 'rotate', name, '-o', 'json', ...more]
  const { exitCode, stdout, stderr } = await site.cli(argv, { as: 'operator', env })
  const { credential } = entryOf(site, name)
  if (credential.type === 'applicationCredential')
    secrets.push(needle(`a credential of ${name}`, credential.secret.reveal()))
  const { item = {} } = (stdout === '' ? {} : JSON.parse(stdout)) as { item?: Answer['item'] }
  return { exitCode, stderr, item }
}

async function show(name: string): Promise<CloudDetails> {
  const { stdout, stderr } = await site.cli(['cloud', 'show', name, '-o', 'json'], { as: 'operator' })
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as { item: CloudDetails }).item
}

const lentFolder = (): string => join(site.environments.operator['XDG_STATE_HOME'] ?? '', 'canfar-batch', 'credentials')
const lent = (): string[] => (existsSync(lentFolder()) ? readdirSync(lentFolder()) : [])

const alarms = (name: string): { alarm: string; note: string }[] =>
  readFileSync(site.worker.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"alarm":"Rotation') && line.includes(`"subject":"${name}"`))
    .map((line) => JSON.parse(line) as { alarm: string; note: string })

describe('a person', () => {
  test('rotates it with a password, of which the worker process learns nothing', async () => {
    const old = idInFile(site, 'arbutus')
    expect((await show('arbutus')).rotation).toEqual({})
    const { exitCode, stderr, item } = await rotate('arbutus', openrc(site, 'arbutus', ownerOf('arbutus')), '--wait')
    expect(exitCode, stderr).toBe(0)
    const fresh = idInFile(site, 'arbutus')
    expect(item).toMatchObject({
      owner: 'canfar-batch',
      state: 'rotated',
      credential: { id: fresh, accessRules: true },
      deleted: ['batch'],
    })
    expect(fresh).not.toBe(old)
    // what was lent is gone too, on the cloud and on the disk
    const left = await auditOf('arbutus').credentials()
    expect(new Set(left.map(({ name }) => name))).toEqual(new Set([item.credential?.name, 'owner']))
    expect(left.find(({ id }) => id === fresh)).toMatchObject({ use: 'batch', rules: 17, unrestricted: false })
    expect(lent()).toEqual([])
    expect((await show('arbutus')).rotation).toEqual({ last: expect.any(String) })
  })

  test.each([
    ['another user', 'OwnerIsAnother', { OS_USERNAME: 'stranger', OS_PASSWORD: stranger }],
    ['another project', 'ProjectIsAnother', { OS_PROJECT_NAME: 'elsewhere' }],
    ['a wrong password', 'CredentialRefused', { OS_PASSWORD: 'wrong-password' }],
  ])('is refused with %s, and nothing changes', async (_who, code, changes) => {
    const before = idInFile(site, 'arbutus')
    const { exitCode, stderr } = await rotate('arbutus', { ...openrc(site, 'arbutus', ownerOf('arbutus')), ...changes })
    expect(exitCode).toBe(4)
    expect(JSON.parse(stderr.slice(stderr.indexOf('{')))).toMatchObject({ item: { code } })
    expect(idInFile(site, 'arbutus')).toBe(before)
    expect(lent()).toEqual([])
    const left = await auditOf('arbutus').credentials()
    expect(left.filter(({ use }) => use === 'owner')).toEqual([])
  })

  test('is refused if they are no operator, or lend nothing', async () => {
    const user = await site.cli(['cloud', 'rotate', 'arbutus'])
    expect(user).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('for operators') })
    expect(await rotate('arbutus')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('OwnerMissing') })
  })

  test('who puts the older one back keeps it, and who terminates a rotation spoils nothing: the next clears up', async () => {
    const env = openrc(site, 'slow', ownerOf('slow'))
    const before = readFileSync(cloudsFile(site), 'utf8')
    const old = idInFile(site, 'slow')
    expect(await rotate('slow', env)).toMatchObject({ exitCode: 0, item: { state: 'grace', alreadyRunning: false } })
    writeFileSync(cloudsFile(site), before)
    const again = await rotate('slow', {}, '--wait')
    expect(again).toMatchObject({
      exitCode: 0,
      item: { alreadyRunning: true, state: 'rotated', deleted: [], message: expect.stringContaining('put back') },
    })
    expect(idInFile(site, 'slow')).toBe(old)
    // the site’s owner, the one that was put back, and the one that was not wanted
    expect(await auditOf('slow').credentials()).toHaveLength(3)

    expect(await rotate('slow', env)).toMatchObject({ item: { state: 'grace' } })
    await client.workflow.getHandle(credentialRotationId('slow')).terminate('by mistake')
    expect((await show('slow')).rotation).toMatchObject({ problem: expect.stringContaining('terminated') })
    expect(lent()).toHaveLength(1)
    await client.schedule.getHandle(housekeepingId(POOL)).trigger()
    await until('what was lent to be removed from the disk', lent, (files) => files.length === 0)
    // one more, and what was lent
    expect(await auditOf('slow').credentials()).toHaveLength(5)

    const next = await rotate('slow', env, '--wait')
    expect(next, next.stderr).toMatchObject({ exitCode: 0, item: { state: 'rotated' } })
    expect(next.item.deleted).toHaveLength(4)
    const left = await auditOf('slow').credentials()
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set([idInFile(site, 'slow'), ownerOf('slow').entry.id]))
  })
})

describe('the site', () => {
  test('says in an alarm, and where an operator looks, that it cannot', async () => {
    const before = idInFile(site, 'east')
    await client.schedule.getHandle(housekeepingId(POOL)).trigger()
    await until(
      'the alarm',
      () => alarms('east'),
      (told) => told.length > 0,
    )
    expect(alarms('east')).toEqual([
      expect.objectContaining({ alarm: 'RotationFailed', note: expect.stringContaining('owners.yaml') }),
    ])
    expect(idInFile(site, 'east')).toBe(before)
    const { rotation } = await show('east')
    expect(rotation).toMatchObject({ problem: expect.stringContaining('owners.yaml') })
    // not again at once
    expect(Date.parse(rotation?.next ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000)
    const doctor = await site.cli(['doctor', '-o', 'json'], { as: 'operator' })
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ name: 'cloud east', ok: 'warn', detail: expect.stringContaining('owners.yaml') }),
      ]),
    })
  })

  test('does it with its own owner, once that is there', async () => {
    writeOwners(site, owners)
    const { exitCode, stderr, item } = await rotate('east', {}, '--wait')
    expect(exitCode, stderr).toBe(0)
    expect(item).toMatchObject({ owner: 'the site', state: 'rotated', deleted: ['batch'] })
    const { rotation, credentialEnds } = await show('east')
    expect(Date.parse(credentialEnds ?? '') - Date.now()).toBeGreaterThan(59 * 86_400_000)
    expect(Date.parse(rotation?.next ?? '') - Date.parse(rotation?.last ?? '')).toBe(30 * 86_400_000)
    // it is not due
    const handle = client.workflow.getHandle(credentialRotationId('east'))
    const { runId } = await handle.describe()
    const house = client.schedule.getHandle(housekeepingId(POOL))
    const passes = (await house.describe()).info.numActionsTaken
    await house.trigger()
    await until(
      'a pass',
      async () => (await house.describe()).info,
      ({ numActionsTaken, runningActions }) => numActionsTaken > passes && runningActions.length === 0,
    )
    expect((await handle.describe()).runId).toBe(runId)
  })

  test('makes one without access rules where a service refuses them', async () => {
    const { exitCode, stderr, item } = await rotate('deaf', {}, '--wait')
    expect(exitCode, stderr).toBe(0)
    expect(item).toMatchObject({ state: 'rotated', credential: { accessRules: false }, deleted: ['batch'] })
    const [left] = (await auditOf('deaf').credentials()).filter(({ use }) => use === 'batch')
    expect(left).toMatchObject({ id: idInFile(site, 'deaf'), rules: 0, unrestricted: false })
  })

  describe('while the worker process cannot look at the cloud', () => {
    const begin = (useMs: number) => {
      const times = { lifetimeMs: 86_400_000, graceMs: 500, useMs }
      const input = { pool: POOL, cloud: 'deaf', by: 'ops', owner: 'site' as const, ...times }
      return client.workflow.start(credentialRotationType, credentialRotationStart(input))
    }
    const takesOver = (handle: Awaited<ReturnType<typeof begin>>) =>
      until(
        'it to be in the file',
        () => handle.query(rotationView),
        ({ state }) => state === 'taking-over',
      )

    beforeEach(async () => {
      const match = { service: 'compute', method: 'GET', pathRegex: 'servers/detail' } as const
      await site.clouds['deaf']?.admin.addFault({ match, times: null, effect: { kind: 'status', status: 503 } })
    })
    afterEach(() => site.clouds['deaf']?.admin.clearFaults())

    test('keeps both, with an alarm, until it can', async () => {
      const old = idInFile(site, 'deaf')
      const rotation = await begin(1000)
      await until(
        'the alarm',
        () => alarms('deaf'),
        (told) => told.length > 0,
      )
      expect(alarms('deaf')).toEqual([expect.objectContaining({ alarm: 'RotationStuck' })])
      expect((await auditOf('deaf').credentials()).map(({ id }) => id)).toEqual(
        expect.arrayContaining([old, idInFile(site, 'deaf')]),
      )
      await site.clouds['deaf']?.admin.clearFaults()
      expect(await rotation.result()).toMatchObject({ made: { id: idInFile(site, 'deaf'), replaces: old } })
      expect((await auditOf('deaf').credentials()).map(({ id }) => id)).not.toContain(old)
    })

    test('keeps the older one, if that is put back', async () => {
      const before = readFileSync(cloudsFile(site), 'utf8')
      const old = idInFile(site, 'deaf')
      const rotation = await begin(600_000)
      await takesOver(rotation)
      writeFileSync(cloudsFile(site), before)
      await expect(rotation.result()).rejects.toThrow('Workflow execution failed')
      expect(alarms('deaf').at(-1)).toMatchObject({ alarm: 'RotationFailed', note: expect.stringContaining(old) })
      expect((await auditOf('deaf').credentials()).map(({ id }) => id)).toContain(old)
    })
  })
})

test('the view of a rotation that has ended tells its end', async () => {
  const view = await client.workflow.getHandle(credentialRotationId('east')).query(rotationView)
  expect(view).toMatchObject({ state: 'rotated', made: { id: idInFile(site, 'east'), ruled: true } })
})

test('no secret of it is anywhere but in the files that are for it', async () => {
  const all = [...secrets, ...siteSecrets(site)]
  const places = [
    ...(await histories(client)),
    ...inDatabase(site),
    ...inLogs(site),
    file(commandLines),
    ...filesBelow(site.environments.operator['XDG_STATE_HOME'] ?? ''),
  ]
  const temporary = readdirSync(join(site.instance.folder, 'site')).filter((name) => name.endsWith('.new'))
  expect(temporary).toEqual([])
  expect(secrets.length).toBeGreaterThan(10)
  expect(search(places, all)).toEqual([])
  // they are where they belong: the search would have found them
  expect(search([file(cloudsFile(site))], secrets).length).toBeGreaterThan(2)
})
