import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pool, startPool } from '#testbed/condor/pool.ts'
import { createToken, startWorker, type Worker } from '#testbed/condor/worker.ts'
import { type Account, demoAccount, runAs } from '#testbed/instance/account.ts'
import { isRoot } from '#testbed/instance/folders.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'

const WORKER = `
ALLOW_READ = *
ALLOW_WRITE = submit-side@matchsession
ALLOW_DAEMON = condor@pool.test
NUM_CPUS = 2
MEMORY = 2048
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = True
START = True
MAXJOBRETIREMENTTIME = 864000
`

let instance: Instance
let pool: Pool
let account: Account
let worker: Worker
let token: string

beforeAll(async () => {
  instance = await createInstance({ progress: console.log })
  account = await demoAccount(instance)
  pool = await startPool(instance, { fast: true, progress: console.log })
  token = await createToken(pool, `${account.name}.vm-a@pool.test`)
  worker = await startWorker(instance, pool, { name: 'vm-a', address: addressIn(instance, 11), config: WORKER, token })
  await worker.joined()
})
afterAll(() => endInstance(instance))

const as = (...argv: [string, ...string[]]): ReturnType<typeof runAs> => runAs(account, argv, { env: pool.environment })
const status = async (...fields: string[]): Promise<string> =>
  (await pool.tool('condor_status', ['-af', ...fields])).trim()

async function until(what: string, condition: () => Promise<boolean>, seconds = 30): Promise<void> {
  for (const deadline = Date.now() + seconds * 1_000; !(await condition()); await sleep(100)) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`)
  }
}

async function submit(name: string, script: string, more = ''): Promise<string> {
  const text = `executable = /bin/sh
arguments = "-c '${script}'"
transfer_executable = false
should_transfer_files = YES
output = ${name}.out
log = ${name}.log
${more}
queue
`
  const { exitCode, stderr, stdout } = await runAs(account, ['condor_submit', '-terse', '-'], {
    env: pool.environment,
    input: text,
  })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return stdout.split('.')[0] ?? ''
}

const jobsIn = async (state: number): Promise<number> =>
  (await pool.tool('condor_q', ['-allusers', '-constraint', `JobStatus == ${state}`, '-af', 'ClusterId']))
    .split('\n')
    .filter(Boolean).length

it('runs a job of the account on a worker that joined with its own token, and brings the output back', async () => {
  expect(await status('Name', 'AuthenticatedIdentity')).toBe(`slot1@vm-a.pool.test ${account.name}.vm-a@pool.test`)
  await submit('hello', 'id -un; echo result > result')
  await until(
    'the job to leave the queue',
    async () => (await pool.tool('condor_q', ['-allusers', '-af', 'ClusterId'])).trim() === '',
  )
  expect(readFileSync(join(account.home, 'hello.out'), 'utf8')).toBe(`${account.name}\n`)
  expect(readFileSync(join(account.home, 'result'), 'utf8')).toBe('result\n')
})

it('writes every job’s events in the format of user logs', () => {
  expect(readFileSync(pool.eventLog, 'utf8')).toMatch(/^005 \(001\.000\.000\) \d{4}-\d\d-\d\dT?.*Job terminated/m)
})

describe.runIf(isRoot())('an ordinary account', () => {
  it('may not drain a worker', async () => {
    const { exitCode, stderr } = await as('condor_drain', 'vm-a')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Failed to start DRAIN_JOBS command')
    expect(await status('State')).toBe('Unclaimed')
  })

  it('may read and write, and nothing that daemons of this or another pool may', async () => {
    const allowed = async (right: string): Promise<boolean> =>
      (await as('condor_ping', '-type', 'SCHEDD', right)).stdout.includes('command using')
    const rights = ['READ', 'WRITE', 'DAEMON', 'NEGOTIATOR', 'ADMINISTRATOR', 'ADVERTISE_STARTD', 'ADVERTISE_SCHEDD']
    const answers = await Promise.all(rights.map(allowed))
    expect(rights.filter((_, n) => answers[n])).toEqual(['READ', 'WRITE'])
  })

  it('may not advertise a machine, nor have a token made that could', async () => {
    const ad = join(account.home, 'ad')
    writeFileSync(ad, await pool.tool('condor_status', ['-long']))
    expect((await as('condor_advertise', '-tcp', 'UPDATE_STARTD_AD', ad)).exitCode).toBe(1)
    for (const type of ['SCHEDD', 'COLLECTOR']) {
      const fetched = await as('condor_token_fetch', '-type', type)
      expect(fetched.stdout).toBe('')
      expect(fetched.stderr).toContain('disabled')
    }
  })

  it('may not administer the pool or read its secrets', async () => {
    expect((await as('condor_off', '-daemon', 'negotiator')).exitCode).toBe(1)
    for (const secret of [join(pool.configFile, '../passwords.d/POOL'), join(worker.localDir, 'tokens.d/worker')]) {
      expect((await as('cat', secret)).stderr).toContain('Permission denied')
    }
  })
})

describe('a worker that uses its token for more than its own name', () => {
  /** Advertises `ad` with the worker's token, as root of that VM could. */
  async function advertise(command: string, ad: string): Promise<string> {
    const folder = join(instance.folder, 'thief')
    const script = `umask 077; mkdir -p ${folder}; cat > ${folder}/token; exec condor_advertise -tcp ${command} -`
    // The token goes by a file, the ad by standard input: two here-documents in one shell.
    const file = join(account.home, 'forged')
    writeFileSync(file, ad)
    const env = {
      ...pool.environment,
      _CONDOR_SEC_CLIENT_AUTHENTICATION_METHODS: 'IDTOKENS',
      _CONDOR_SEC_TOKEN_DIRECTORY: folder,
      _CONDOR_SEC_TOKEN_SYSTEM_DIRECTORY: folder,
    }
    const self: Account = {
      name: 'thief',
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      home: instance.folder,
      temporary: false,
    }
    const { stdout, stderr } = await runAs(self, ['sh', '-c', script.replace(/-$/, file)], { env, input: `${token}\n` })
    return stdout + stderr
  }
  const forge = async (replace: (ad: string) => string): Promise<string> =>
    replace(await pool.tool('condor_status', ['-long', 'vm-a']))

  it('gets no machine of another name into the pool', async () => {
    await advertise('UPDATE_STARTD_AD', await forge((ad) => ad.replaceAll('vm-a', 'vm-b')))
    await advertise(
      'UPDATE_STARTD_AD',
      await forge((ad) => ad.replace(/^Name = .*$/m, 'Name = "slot1@vm-b.pool.test"')),
    )
    await advertise(
      'UPDATE_STARTD_AD',
      await forge((ad) => ad.replace(/^Machine = .*$/m, 'Machine = "vm-b.pool.test"')),
    )
    await advertise('UPDATE_STARTD_AD', await forge((ad) => ad.replace(/^Machine = .*$/m, 'Machine = ".*.pool.test"')))
    // The same way does work for its own name: the refusals above have the reason that they should have.
    await advertise(
      'UPDATE_STARTD_AD',
      await forge((ad) => ad.replace(/^Name = .*$/m, 'Name = "slot9@vm-a.pool.test"')),
    )
    await until('its own second slot', async () => (await status('Name')).includes('slot9@vm-a'))
    expect(await status('Name', 'Machine')).toBe(
      'slot1@vm-a.pool.test vm-a.pool.test\nslot9@vm-a.pool.test vm-a.pool.test',
    )
  })

  it('gets no master of another name into the pool, and keeps its own', async () => {
    const own = (): Promise<string> => pool.tool('condor_status', ['-master', '-long', 'vm-a.pool.test'])
    await until('its own master', async () => (await own()) !== '')
    const ad = await own()
    await advertise('UPDATE_MASTER_AD', ad.replaceAll('vm-a', 'vm-b'))
    // The same way does work for its own name.
    await advertise('UPDATE_MASTER_AD', `Mark = 1\n${ad}`)
    await until('its own ad to be replaced', async () => (await own()).includes('Mark = 1'))
    expect(await pool.tool('condor_status', ['-master', '-af', 'Name'])).not.toContain('vm-b')
  })

  it('gets no schedd into the pool', async () => {
    const answer = await advertise(
      'UPDATE_SCHEDD_AD',
      'MyType = "Scheduler"\nName = "other.pool.test"\nMachine = "other.pool.test"\nMyAddress = "<127.0.0.1:1>"\n',
    )
    expect(answer).toContain('failed')
    expect((await pool.tool('condor_status', ['-schedd', '-af', 'Name'])).trim()).toBe('central.pool.test')
  })
})

it('comes back when a daemon was killed or restarted, with its jobs', async () => {
  const cluster = await submit('held', 'true')
  await pool.tool('condor_hold', [cluster])
  await pool.restartSchedd()
  expect(await jobsIn(5)).toBe(1)
  await pool.killDaemon('schedd')
  await until('the schedd', async () => (await pool.tool('condor_q', ['-totals']).catch(() => '')) !== '')
  expect(await jobsIn(5)).toBe(1)
  await pool.tool('condor_rm', [cluster])
})

it('holds a job that was started too often, and gives it a new chance when it is released', async () => {
  const cluster = await submit('restless', 'true', 'requirements = false')
  const held = (): Promise<number> => jobsIn(5)
  await pool.tool('condor_qedit', [cluster, 'NumJobStarts', '10'])
  await until('the hold', async () => (await held()) === 1)
  const reason = await pool.tool('condor_q', [
    '-allusers',
    cluster,
    '-af',
    'HoldReasonCode',
    'HoldReasonSubCode',
    'HoldReason',
  ])
  expect(reason).toContain('26 1 The job was started too often')
  await pool.tool('condor_release', [cluster])
  // Longer than the interval at which the schedd looks.
  await sleep(7_000)
  expect(await held()).toBe(0)
  await pool.tool('condor_rm', [cluster])
})

it('drains with the collector’s administrator capability, and not while a job runs if asked to check', async () => {
  await submit('long', 'sleep 60')
  await until('the job to run', async () => (await jobsIn(2)) === 1)
  await until(
    'the claim in the ad',
    async () => (await pool.tool('condor_status', ['-claimed', '-af', 'Name'])).trim() !== '',
  )
  const refused = await pool
    .tool('condor_drain', ['-check', 'State != "Claimed"', 'slot1@vm-a.pool.test'])
    .catch((error: unknown) => String(error))
  expect(refused).toContain('failed')
  await pool.tool('condor_rm', ['-all'])
  await until(
    'the worker to be idle',
    async () => (await pool.tool('condor_status', ['-claimed', '-af', 'Name'])).trim() === '',
  )
  await pool.tool('condor_drain', ['-check', 'State != "Claimed"', 'slot1@vm-a.pool.test'])
  await until('the drained state', async () =>
    (await status('State', 'Activity', 'NumDynamicSlots')).includes('Drained Idle 0'),
  )
})

it('loses the ad of a worker that vanished', async () => {
  await worker.vanish()
  expect(worker.daemon().isRunning()).toBe(false)
  await until('its ad to expire', async () => !(await status('Name')).includes('slot1@vm-a'), 60)
})
