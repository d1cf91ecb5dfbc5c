import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, closeSync, existsSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Client, Connection } from '@temporalio/client'
import { loadCloudConfig, OpenStack } from 'openstack-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadConfig } from '#config/load.ts'
import { readFileAs } from '#htcondor/files-as.ts'
import { createWorkerToken } from '#htcondor/tokens.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { parseUserData } from '#testbed/guest/cloud-config.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { ASTRONOMER_PROJECT, FLAVOR, IMAGE, SUBMIT_FILE } from '#testbed/site/words.ts'
import { writeTutorial } from '#testbed/tutorial/write-tutorial.ts'
import { proxyCertificate } from './proxy-certificate.ts'
import { histories } from './secrets/histories.ts'
import { needle, search, type Needle, type Place } from './secrets/needles.ts'
import { file, filesBelow, inAds, inDatabase, inLogs, inMetadata } from './secrets/places.ts'
import { plantWorkflow } from './secrets/plant.ts'
import { journalOf, siteSecrets } from './secrets/site-secrets.ts'

const fresh = (): string => randomBytes(24).toString('base64url')
const userSecret = { id: randomBytes(16).toString('hex'), secret: fresh() }
/** Planted on purpose, to prove that what is searched for would be found. */
const canary = {
  input: fresh(),
  memo: fresh(),
  heartbeat: fresh(),
  log: fresh(),
  condorLog: fresh(),
  commandLine: fresh(),
  metadata: fresh(),
  ad: fresh(),
  userData: fresh(),
}

let site: Site
let connection: Connection
let watcher: ChildProcess
let lines: string
/** Of every server that ever was on any cloud: base64, by id. */
let userData: Map<string, string>
let secrets: Needle[]
/** What was kept for the user while the jobs were in the queue: it goes with the submission. */
let kept: { place: Place; mode: string; uid: number; isFolder: boolean }[]
/** Logs of worker VMs by path: they go with their VM. */
const guestLogs = new Map<string, Buffer>()

const seed = (usual: SeedInput): SeedInput => ({
  ...usual,
  users: (usual.users ?? []).map((user) =>
    user.roles?.[ASTRONOMER_PROJECT] === undefined
      ? user
      : { ...user, applicationCredentials: [{ name: 'laptop', project: ASTRONOMER_PROJECT, ...userSecret }] },
  ),
})

// One whole run of the tutorial with everything watched; what the tests then look at no longer changes.
beforeAll(async () => {
  site = await startSite({
    guests: 'process',
    fast: true,
    keepalive: '6s',
    logLevel: 'debug',
    clouds: [
      { name: 'arbutus', priority: 10, quota: { instances: 1 }, seed },
      { name: 'east', seed },
    ],
  })
  lines = join(site.instance.folder, 'command-lines')
  const out = openSync(lines, 'w')
  watcher = spawn(process.execPath, [join(import.meta.dirname, 'secrets', 'command-lines.ts')], {
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  connection = await Connection.connect({ address: site.temporal.address })

  const { account } = site
  await writeTutorial(account.home, account.temporary ? { owner: account } : {})
  const proxy = await proxyCertificate(site.instance.folder, 2)
  writeOwn(account, join(account.home, '.ssl', 'cadcproxy.pem'), proxy, 0o600)
  giveBothKinds()

  const { exitCode, stderr } = await site.cli(['submit', SUBMIT_FILE, IMAGE, FLAVOR])
  expect(exitCode, stderr).toBe(0)
  kept = keptForUser()
  await site.cli(['image', 'list'])
  await site.cli(['vm', 'list', '-o', 'json'])
  await labelOneServer()
  await run()
  await collectSecrets(proxy)
})

afterAll(async () => {
  watcher?.kill()
  await connection?.close()
  await site?.stop()
})

/** A password on one cloud, an application credential on the other. */
function giveBothKinds(): void {
  const auth = ({ authUrl }: { authUrl: string }) => ({ auth_url: authUrl })
  const { arbutus, east } = site.clouds
  if (arbutus === undefined || east === undefined) throw new Error('two clouds are needed')
  const { user, password } = arbutus.astronomer
  const byPassword = {
    auth: {
      ...auth(arbutus),
      username: user,
      password,
      user_domain_name: 'Default',
      project_name: ASTRONOMER_PROJECT,
      project_domain_name: 'Default',
    },
  }
  const byCredential = {
    auth_type: 'v3applicationcredential',
    auth: {
      ...auth(east),
      application_credential_id: userSecret.id,
      application_credential_secret: userSecret.secret,
    },
  }
  const text = stringify({ clouds: { arbutus: byPassword, east: byCredential } })
  writeOwn(site.account, join(site.account.home, '.config', 'openstack', 'clouds.yaml'), text, 0o600)
}

/** A canary among the metadata of a worker VM. */
async function labelOneServer(): Promise<void> {
  await until('a server is there', async () => {
    for (const [name, { admin }] of Object.entries(site.clouds)) {
      const server = (await admin.servers()).find(({ deletedAt }) => deletedAt === null)
      if (server === undefined) continue
      const clouds = join(site.instance.folder, 'site', 'clouds.yaml')
      await using cloud = OpenStack.connect(loadCloudConfig({ cloud: name, env: {}, cwd: '/', files: { clouds } }))
      await cloud.compute.metadata.update(server.id, { planted: canary.metadata })
      return true
    }
    return false
  })
}

/** Until all jobs have ended and all VMs are gone. */
async function run(): Promise<void> {
  await until(
    'all jobs have ended and all VMs are gone',
    async () => {
      for (const { folder } of site.runner.guests()) {
        const logs = join(folder, 'condor', 'log')
        if (existsSync(logs)) for (const { name, content } of filesBelow(logs)) guestLogs.set(name, content)
      }
      if ((await site.pool.tool('condor_q', ['-allusers', '-af', 'ProcId'])) !== '') return false
      const servers = await Promise.all(Object.values(site.clouds).map(({ admin }) => admin.servers()))
      return servers.flat().every(({ deletedAt }) => deletedAt !== null)
    },
    100,
  )
  const ended = await site.pool.tool('condor_history', ['-af', 'ProcId', 'JobStatus', 'ExitCode'])
  expect(ended.split('\n').toSorted()).toEqual(['0 4 0', '1 4 0', '2 4 0', '3 4 0'])
}

async function until(what: string, look: () => Promise<boolean>, seconds = 40): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) if (await look()) return
  throw new Error(`not within ${seconds} s: ${what}`)
}

/** Everything secret that there was in this run. */
async function collectSecrets(proxy: string): Promise<void> {
  userData = new Map()
  secrets = [needle('the application credential of the user', userSecret.secret), ...siteSecrets(site)]
  const [, body = ''] = /PRIVATE KEY-----\n([^-]+)-----END/.exec(proxy) ?? []
  for (const line of body.trim().split('\n').slice(2, 6)) secrets.push(needle('the key of the proxy certificate', line))
  for (const name of Object.keys(site.clouds)) {
    const { tokens, userData: own } = journalOf(site, name)
    secrets.push(...tokens.map((token) => needle(`a token of Keystone on ${name}`, token)))
    // the batch project and the user have been there
    expect(tokens.length).toBeGreaterThan(1)
    for (const [id, text] of own) userData.set(id, text)
  }
  for (const [id, text] of userData) secrets.push(needle(`the token of server ${id}`, tokensIn(plain(text))[0] ?? ''))
}

const plain = (base64: string): Buffer => {
  const { files, users, commands } = parseUserData(Buffer.from(base64, 'base64'))
  const texts = [
    ...files.flatMap(({ path, content }) => [path, content.toString('latin1')]),
    JSON.stringify([users, commands]),
  ]
  return Buffer.from(texts.join('\n'), 'latin1')
}

const tokensIn = (content: Buffer): string[] => [
  ...new Set(content.toString('latin1').match(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g) ?? []),
]

// Each of the places is searched by the same function in the test of the run and in the proof with canaries.

const inTemporal = (): Promise<Place[]> => histories(new Client({ connection }))

const inCondorLogs = (): Place[] => [
  ...filesBelow(site.pool.logDir),
  ...[...guestLogs].map(([name, content]) => ({ name, content })),
  ...readdirSync(site.account.home)
    .filter((name) => name.endsWith('.log'))
    .map((name) => file(join(site.account.home, name))),
]

const inCommandLines = (): Place[] => [file(lines)]

test('there is no secret in any history, description or database of Temporal', async () => {
  const places = await inTemporal()
  const names = places.map(({ name }) => name).join('\n')
  for (const kind of ['submission/', 'image-sharing/', 'fleet/', 'watch/', 'canfar-arbutus-']) {
    expect(names).toContain(`history of ${kind}`)
  }
  expect(search([...places, ...inDatabase(site)], secrets)).toEqual([])
})

test('there is none in a log, of ours, of HTCondor, of the clouds', () => {
  const places = [...inLogs(site), ...inCondorLogs()]
  expect(places.map(({ name }) => name).join('\n')).toMatch(/StartLog[^]*StarterLog/)
  expect(search(places, secrets)).toEqual([])
})

test('there is none in an argument list', { timeout: 120_000 }, async () => {
  const { condor } = loadConfig({ flag: site.configFile }).config
  const { name, uid, gid, home } = site.account
  const again: Record<string, () => Promise<unknown>> = {
    condor_submit: () => site.cli(['submit', SUBMIT_FILE, IMAGE, FLAVOR, '--dry-run']),
    condor_q: () => site.cli(['job', 'list']),
    condor_token_create: () => createWorkerToken(condor, { identity: `${name}.again@pool.test`, lifetimeSeconds: 60 }),
    setpriv: () => readFileAs({ user: name, uid, gid, home }, join(home, SUBMIT_FILE)),
  }
  const sees = (tool: string): boolean => inCommandLines().some(({ content }) => content.includes(tool))
  for (const [tool, use] of Object.entries(again)) {
    // tools live for milliseconds: one that the watcher has missed is run until it was quick enough
    for (let tries = 0; tries < 40 && !sees(tool); tries++) await use()
    expect(sees(tool), tool).toBe(true)
  }
  expect(search(inCommandLines(), secrets)).toEqual([])
})

test('there is none in the metadata of servers, in job ads, or in rendered files', async () => {
  const rendered = placesIn('submissions')
  expect(rendered).not.toEqual([])
  expect(search([...(await inMetadata(site)), ...(await inAds(site)), ...rendered], secrets)).toEqual([])
})

test('user-data holds the VM’s own token, narrow and expiring, and nothing else', async () => {
  const servers = (await Promise.all(Object.values(site.clouds).map(({ admin }) => admin.servers()))).flat()
  expect(servers.length).toBeGreaterThan(0)
  const lifetime = (7 + 2) * 86_400 + 2 * 3_600
  for (const { id, name } of servers) {
    const content = plain(userData.get(id) ?? '')
    const found = new Set(search([{ name, content }], secrets).map(({ secret }) => secret))
    expect(found).toEqual(new Set([`the token of server ${id}`, 'a token of the pool']))
    const [token = '', ...others] = tokensIn(content)
    expect(others).toEqual([])
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
    expect(claims).toMatchObject({
      sub: `${site.account.name}.${name}@${site.pool.trustDomain}`,
      iss: site.pool.trustDomain,
    })
    expect(String(claims['scope']).split(' ').toSorted()).toEqual([
      'condor:/ADVERTISE_MASTER',
      'condor:/ADVERTISE_STARTD',
      'condor:/READ',
    ])
    const left = Number(claims['exp']) - Date.now() / 1000
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(lifetime)
  }
})

const stateFolder = (): string => join(site.account.home, '.local', 'state', 'canfar-batch')

function keptForUser(): typeof kept {
  return readdirSync(stateFolder(), { withFileTypes: true, recursive: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const { mode, uid } = statSync(path)
    const isFolder = entry.isDirectory()
    const place = isFolder ? { name: path, content: Buffer.alloc(0) } : file(path)
    return { place, mode: (mode & 0o777).toString(8), uid, isFolder }
  })
}

const placesIn = (folder: string): Place[] =>
  kept.flatMap(({ place, isFolder }) => (!isFolder && place.name.includes(`/${folder}/`) ? [place] : []))

test('nothing of it is left when the submission is over', () => {
  expect(filesBelow(stateFolder()).map(({ name }) => name)).toEqual([])
})

test('what is kept for the user is readable by the user alone', () => {
  const open = kept.filter(({ mode, uid, isFolder }) => mode !== (isFolder ? '700' : '600') || uid !== site.account.uid)
  expect(open).toEqual([])
  // and it is there that the credentials are: the search would have found them anywhere
  const found = search(placesIn('credentials'), secrets).map(({ secret }) => secret)
  expect(found).toEqual(
    expect.arrayContaining(['the password of the user on arbutus', 'the application credential of the user']),
  )
  expect((statSync(join(site.instance.folder, 'site', 'clouds.yaml')).mode & 0o777).toString(8)).toBe('600')
  expect(search([file(site.configFile)], secrets)).toEqual([])
})

test('a canary is found in each of these places', async () => {
  const found = (places: Place[], text: string): boolean =>
    search(places, [needle('canary', text)]).some(({ secret }) => secret === 'canary')
  expect(found(await inTemporal(), canary.input)).toBe(false)
  await plantWorkflow(new Client({ connection }), canary)
  const temporal = await inTemporal()
  for (const text of [canary.input, canary.memo, canary.heartbeat]) expect(found(temporal, text)).toBe(true)
  expect(found(inDatabase(site), canary.input)).toBe(true)

  // in base64, wherever it begins
  for (const before of ['', 'x', 'xy']) {
    const content = Buffer.from(Buffer.from(`${before}${canary.log}…`).toString('base64'))
    expect(found([{ name: 'base64', content }], canary.log)).toBe(true)
  }
  appendFileSync(site.worker.logFile, `{"level":30,"note":"${canary.log}"}\n`)
  expect(found(inLogs(site), canary.log)).toBe(true)
  appendFileSync(join(site.pool.logDir, 'SchedLog'), `${canary.condorLog}\n`)
  expect(found(inCondorLogs(), canary.condorLog)).toBe(true)

  // a process that does nothing and is gone at once
  for (let n = 0; n < 20; n++) await promisify(execFile)('/bin/sh', ['-c', 'sleep 0.02', canary.commandLine])
  await until('the watcher has told', () => Promise.resolve(found(inCommandLines(), canary.commandLine)), 5)

  expect(found(await inMetadata(site), canary.metadata)).toBe(true)

  writeOwn(
    site.account,
    join(site.account.home, 'noted.sub'),
    `executable = do_catalogue.bash\nhold = true\n+Note = "${canary.ad}"\nqueue\n`,
    0o644,
  )
  const { exitCode, stderr } = await site.cli(['submit', 'noted.sub', IMAGE, FLAVOR])
  expect(exitCode, stderr).toBe(0)
  expect(found(await inAds(site), canary.ad)).toBe(true)
  expect(found(filesBelow(join(stateFolder(), 'submissions')), canary.ad)).toBe(true)

  const [text = ''] = userData.values()
  expect(found([{ name: 'user-data', content: plain(text) }], site.account.name)).toBe(true)
  const packed = gzipSync(canary.userData).toString('base64')
  const planted = `#cloud-config\nwrite_files: [{ path: /planted, encoding: gz+b64, content: ${packed} }]\n`
  const content = plain(Buffer.from(planted).toString('base64'))
  expect(found([{ name: 'user-data', content }], canary.userData)).toBe(true)
  expect(search([{ name: 'a key', content: Buffer.from('-----BEGIN RSA PRIVATE KEY-----') }], [])).toHaveLength(1)
})
