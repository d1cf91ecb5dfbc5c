import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  Check,
  CloudRow,
  FleetOverview,
  FleetPlanPreview,
  ImageRow,
  ImageSharingResult,
  JobDetails,
  JobExplanation,
  JobRow,
  RemovalResult,
  RetireResult,
  Submission,
  SubmissionPreview,
  SubmissionProgress,
  VmDetails,
  VmRow,
} from '#api/types.ts'
import { runAs } from '#testbed/instance/account.ts'
import type { CliOptions } from '#testbed/site/cli.ts'
import { FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { startInputSite, words, type InputSite } from './input-site.ts'

let own: InputSite

beforeAll(async () => {
  own = await startInputSite()
})
afterAll(() => own?.site.stop())

/** The document of a command that must succeed. */
async function asked<T>(argv: string[], options: CliOptions = {}): Promise<T> {
  const { exitCode, stdout, stderr } = await own.cli([...argv, '-o', 'json'], options)
  expect(exitCode, stderr).toBe(0)
  const { version, item, items } = JSON.parse(stdout) as { version: number; item?: T; items?: T }
  expect(version).toBe(1)
  const found = items ?? item
  if (found === undefined) throw new Error(`neither item nor items: ${stdout}`)
  return found
}

/** The same as a table, which must say each of the parts. */
async function shown(argv: string[], parts: (string | RegExp)[], options: CliOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await own.cli(argv, options)
  expect(exitCode, stderr).toBe(0)
  for (const part of parts) expect(stdout).toMatch(part)
  expect(stdout).not.toMatch(/undefined|\[object|NaN/)
  return stdout
}

const submitted = (file: string, more: string[] = [IMAGE, FLAVOR]): Promise<Submission> =>
  asked(['submit', file, ...more])

async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 40): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(300)) {
    const found = await look()
    if (found !== undefined) return found
  }
  const looks = [
    ['job', 'list', '-o', 'wide'],
    ['vm', 'list', '--all'],
    ['fleet', 'show'],
  ]
  const seen = await Promise.all(looks.map((argv) => own.cli(argv)))
  throw new Error([`not within ${seconds} s: ${what}`, ...seen.map(({ stdout, stderr }) => stdout + stderr)].join('\n'))
}

const condor = (tool: string, ...args: string[]): Promise<string> => own.site.pool.tool(tool, args)
const home = (name: string): string => join(own.site.account.home, name)
const operator: CliOptions = { as: 'operator' }

describe('submit --dry-run', () => {
  test('shows the file as it will be, ids and plan, and changes nothing', async () => {
    own.file('good.sub', ['executable = job.sh', 'requirements = TARGET.Memory > 1', 'queue 3'])
    const before = await own.deeds()
    const argv = ['submit', 'good.sub', IMAGE, FLAVOR, '--dry-run']
    const preview = await asked<SubmissionPreview>(argv)
    expect(preview).toMatchObject({
      jobs: 3,
      images: [
        { cloud: 'arbutus', name: IMAGE },
        { cloud: 'east', name: IMAGE },
      ],
    })
    expect(preview.rendered).toMatch(
      /requirements = \(TARGET\.VMType =\?= MY\.VMType .*\) && \(\$\(requirements:True\)\)/,
    )
    for (const { id } of preview.images) expect(preview.rendered).toContain(id)
    expect(preview.verdicts).toMatchObject([
      { cloud: 'arbutus', verdict: 'boots' },
      { cloud: 'east', verdict: 'boots' },
    ])
    await shown(argv, ['executable = job.sh', preview.images[0]?.id ?? '-', /^arbutus +boots +boots 1 VM/m])
    expect(await own.deeds()).toEqual(before)
    expect(existsSync(home('.local/state/canfar-batch')), 'nothing is kept').toBe(false)
    expect((await asked<FleetOverview>(['fleet', 'show'])).demand).toEqual([])
  })
})

describe('a submission on hold', () => {
  let first: Submission

  test('hold = true stays the user’s own: the jobs wait until they release them', async () => {
    own.file('held.sub', ['executable = job.sh', 'hold = true', 'queue 2'])
    first = await submitted('held.sub')
    expect(first).toMatchObject({ state: 'queued', alreadyRunning: false, clusters: [{ jobs: 2 }] })
    const cluster = String(first.clusters[0]?.id)
    expect(await condor('condor_q', '-allusers', '-af', 'ProcId', 'JobStatus', 'HoldReasonCode')).toBe('0 5 15\n1 5 15')
    expect(await asked<JobRow[]>(['job', 'list'])).toMatchObject([
      { id: `${cluster}.0`, state: 'held', submission: first.submission, holdReason: expect.stringMatching(/hold/) },
      { id: `${cluster}.1`, state: 'held' },
    ])
    await shown(['job', 'list', '--submission', first.submission], [`${cluster}.0`, 'held', 'HELD BECAUSE', 'job.sh'])
    await shown(['job', 'show', `${cluster}.1`], [/held because/, `cosmology:${IMAGE}`, first.submission])
    expect(await asked<JobDetails>(['job', 'show', `${cluster}.1`])).toMatchObject({
      id: `${cluster}.1`,
      directory: own.site.account.home,
    })
    await shown(['job', 'why', `${cluster}.0`], [/It is held: .*condor_release/])
  })

  test('Enter pressed twice shows it, --again submits it once more', async () => {
    const [twice, again] = await Promise.all([submitted('held.sub'), submitted('held.sub', [IMAGE, FLAVOR, '--again'])])
    expect(twice).toMatchObject({ alreadyRunning: true, submission: first.submission, clusters: first.clusters })
    expect(again.alreadyRunning).toBe(false)
    expect(again.clusters[0]?.id).not.toBe(first.clusters[0]?.id)
    const text = await own.submit('held.sub')
    expect(text).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Already running') })
    expect((await condor('condor_q', '-allusers', '-af', 'CanfarSubmission')).split('\n')).toHaveLength(4)
  })

  test('job remove takes jobs and clusters; what is not there is said', async () => {
    const clusters = [...new Set((await condor('condor_q', '-allusers', '-af', 'ClusterId')).split('\n'))]
    const unasked = await own.cli(['job', 'remove', clusters[0] ?? ''])
    expect(unasked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') })
    await shown(['job', 'remove', `${clusters[0]}.0`, '--yes'], [/removed/])
    expect(await asked<RemovalResult[]>(['job', 'remove', ...clusters, '--yes'])).toMatchObject([
      { ok: true },
      { ok: true },
    ])
    const missing = await own.cli(['job', 'remove', clusters[0] ?? '', '--yes'])
    expect(missing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no such job') })
    const all = await asked<JobRow[]>(['job', 'list', '--all'])
    expect(all.map(({ state }) => state)).toEqual(['removed', 'removed', 'removed', 'removed'])
  })

  test('the same file may be submitted again at once when it has ended, and is', async () => {
    const next = await until('the submission has ended', async () => {
      const found = await submitted('held.sub')
      return found.alreadyRunning ? undefined : found
    })
    expect(next.submission).not.toBe(first.submission)
    expect(await condor('condor_q', '-allusers', '-af', 'CanfarSubmission')).toBe(
      `${next.submission}\n${next.submission}`,
    )
    await asked(['job', 'remove', String(next.clusters[0]?.id), '--yes'])
  })
})

describe('clouds', () => {
  test('are listed; a user may not disable one, an operator may', async () => {
    const clouds = await asked<CloudRow[]>(['cloud', 'list'])
    expect(clouds).toMatchObject([
      { name: 'arbutus', enabled: true, reachable: true, priority: 10 },
      { name: 'east', enabled: true, reachable: true },
    ])
    await shown(['cloud', 'list'], [/^arbutus +enabled/m, /^east +enabled/m])
    await shown(['cloud', 'show', 'arb'], [/Keystone +http/, /network +private/])
    if (own.site.account.temporary) {
      const no = await own.cli(['cloud', 'disable', 'arbutus', '--reason', 'mine', '-o', 'json'])
      expect(no.exitCode).toBe(4)
      expect(JSON.parse(no.stderr)).toMatchObject({ item: { code: 'OperatorsOnly', next: expect.any(String) } })
    }
    expect((await own.cli(['cloud', 'disable', 'arbutus'], operator)).exitCode, 'without a reason').toBe(2)
    await shown(
      ['cloud', 'disable', 'arbutus', '--reason', 'new switches'],
      [/state +disabled/, 'new switches'],
      operator,
    )
    expect(await asked<CloudRow>(['cloud', 'disable', 'east', '--reason', 'too warm'], operator)).toMatchObject({
      enabled: false,
      reason: 'too warm',
    })
    await shown(['cloud', 'list'], [/^arbutus +disabled.*new switches/m, /^east +disabled.*too warm/m])
  })

  test('that are disabled get no VMs, and job why says so', async () => {
    const { clusters } = await submitted('good.sub')
    const job = `${clusters[0]?.id}.0`
    const why = await until('the plan has seen the jobs', async () => {
      const found = await asked<JobExplanation>(['job', 'why', job])
      return found.verdicts.length > 0 ? found : undefined
    })
    expect(why).toMatchObject({
      job: { id: job, state: 'idle' },
      explanation: expect.stringContaining('no worker VM for it yet'),
    })
    expect(why.verdicts).toMatchObject([
      { cloud: 'arbutus', verdict: 'cloud-disabled', reason: expect.stringContaining('new switches') },
      { cloud: 'east', verdict: 'cloud-disabled', reason: expect.stringContaining('too warm') },
    ])
    await shown(['job', 'why', job], ['waits with 2 others', /^arbutus +cloud-disabled.*new switches/m])
    await shown(['fleet', 'show'], [/worker VMs +none/, /disabled.*new switches/])
    expect(await asked<FleetOverview>(['fleet', 'show'])).toMatchObject({ demand: [{ idle: 3, supply: 0 }] })
    expect(await asked<FleetPlanPreview>(['fleet', 'plan'])).toMatchObject({ boots: [], retirements: [] })
    await shown(['fleet', 'plan'], [/Boot\nnothing/, /disabled/])
    await shown(['vm', 'list'], [])
    for (const { admin } of Object.values(own.site.clouds)) expect(await admin.servers()).toEqual([])
  })

  test('that are enabled again boot for what waited', async () => {
    await shown(['cloud', 'enable', 'east', '--reason', 'cooled down'], [/state +enabled/], operator)
    await until('the jobs have run', async () =>
      (await asked<JobRow[]>(['job', 'list'])).length === 0 ? true : undefined,
    )
    expect(await own.cloud('arbutus').admin.servers()).toEqual([])
    expect(await own.cloud('east').admin.servers()).not.toEqual([])
    await asked(['cloud', 'enable', 'arbutus'], operator)
  })
})

describe('submit --wait', () => {
  test('several executables and queue statements, own requirements, and the certificate in the job', async () => {
    const proxy = await own.certificate('my-proxy.pem', 2)
    const look = [
      'echo "sandbox $(sha256sum < my-proxy.pem)"',
      'echo "home $(sha256sum < ~/.ssl/cadcproxy.pem)"',
      'echo "link $(readlink ~/.ssl/cadcproxy.pem)"',
    ]
    own.file('one.sh', ['#!/bin/sh', 'echo one "$1"', ...look], 0o755)
    own.file('two.sh', '#!/bin/sh\necho two "$1"\n', 0o755)
    own.file('several.sub', [
      'EXECUTABLE = one.sh',
      'output = $(name).out',
      'arguments = $(name)',
      'request_memory = 100',
      'requirements = TARGET.Memory > 10 || \\',
      '  TARGET.Memory > 20',
      'queue name in (alpha, beta)',
      '',
      'executable = two.sh',
      'queue name in (gamma)',
    ])
    const { exitCode, stdout, stderr } = await own.submit('several.sub', [
      IMAGE,
      FLAVOR,
      '--wait',
      '--timeout',
      '90s',
      '-c',
      proxy,
      '-o',
      'json',
    ])
    expect(exitCode, stderr).toBe(0)
    const { item } = JSON.parse(stdout) as { item: SubmissionProgress & Submission }
    expect(item).toMatchObject({
      state: 'done',
      counts: { completed: 3, failed: 0, removed: 0 },
      clusters: [{ jobs: 2 }, { jobs: 1 }],
      warnings: [],
    })
    const hash = createHash('sha256')
      .update(readFileSync(home(proxy)))
      .digest('hex')
    for (const name of ['alpha', 'beta']) {
      const said = readFileSync(home(`${name}.out`), 'utf8')
      expect(said).toContain(`one ${name}`)
      expect(said).toContain(`sandbox ${hash}`)
      expect(said).toContain(`home ${hash}`)
      // a link into the sandbox, so that a renewed proxy is seen
      expect(said).toMatch(/link \/.*\/my-proxy\.pem/)
    }
    expect(readFileSync(home('gamma.out'), 'utf8')).toBe('two gamma\n')
  })

  test('the other dialect: the image in the file, the flavor by what the jobs request', async () => {
    own.file('csv2.sub', [
      'executable = job.sh',
      '+VMImage = "telescope"',
      'request_cpus = 1',
      'request_memory = 2000',
      'request_disk = 1 GB',
      'queue 1',
    ])
    const { exitCode, stdout, stderr } = await own.cli(['submit', 'csv2.sub', '--wait', '--timeout', '60s'])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/state +done/)
    expect(stdout).toMatch(/jobs +1 completed/)
    expect(stderr).toMatch(/queued \| 1 idle/)
    const jobs = await asked<JobRow[]>(['job', 'list', '--all'])
    expect(jobs.find(({ vmType }) => vmType?.endsWith('telescope') === true)).toMatchObject({
      vmType: 'cosmology:telescope',
      state: 'completed',
    })
    const vms = await asked<VmRow[]>(['vm', 'list', '--all'])
    expect(vms.find(({ image }) => image === 'telescope')).toMatchObject({ flavor: 'c1-3.75gb-15' })
  })

  test('jobs that fail end with 1, and with what to look at', async () => {
    own.file('fails.sh', '#!/bin/sh\nexit 3\n', 0o755)
    own.file('fails.sub', ['executable = fails.sh', 'queue 1'])
    const { exitCode, stderr } = await own.submit('fails.sub', [IMAGE, FLAVOR, '--wait'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/0 completed, 1 failed, 0 removed/)
    expect(stderr).toMatch(/next: canfar-batch job list --submission \S+ --all/)
  })

  test('jobs that HTCondor makes late, one at a time', async () => {
    own.file('late.sub', ['executable = job.sh', 'arguments = 0', 'max_materialize = 1', 'queue 3'])
    const submission = await submitted('late.sub')
    expect(submission).toMatchObject({ state: 'queued', clusters: [{ id: expect.any(Number) }] })
    const cluster = String(submission.clusters[0]?.id)
    const ended = await until('all three have run', async () => {
      const lines = (await condor('condor_history', cluster, '-af', 'ProcId', 'ExitCode')).split('\n').toSorted()
      return lines.length === 3 ? lines : undefined
    })
    expect(ended).toEqual(['0 0', '1 0', '2 0'])
  })
})

describe('a worker VM', () => {
  test('is listed and shown while it runs a job, retires after it, and is gone', async () => {
    own.file('long.sub', ['executable = job.sh', 'arguments = 12', 'queue 1'])
    const { clusters } = await submitted('long.sub')
    const job = `${clusters[0]?.id}.0`
    const vm = await until('the job runs', async () => {
      const [found] = (await asked<JobRow[]>(['job', 'list'])).filter(
        ({ id, state }) => id === job && state === 'running',
      )
      return found?.vm
    })
    await shown(['job', 'why', job], [`It runs on ${vm}`])
    // one that was about to retire as the job came keeps it: a moment later it serves again
    const details = await until('it serves', async () => {
      const found = await asked<VmDetails>(['vm', 'show', vm])
      return found.state === 'serving' ? found : undefined
    })
    await shown(['vm', 'list'], [new RegExp(`^${vm} +\\S+ +serving`, 'm')])
    expect(details).toMatchObject({
      name: vm,
      owner: own.site.account.name,
      serverId: expect.any(String),
      flavor: FLAVOR,
    })
    expect(details.history.map(({ state }) => state)).toEqual(expect.arrayContaining(['creating', 'booted', 'serving']))
    await shown(
      ['vm', 'show', vm.split('-').at(-1)?.slice(0, 8) ?? vm],
      [/History/, /serving/, details.serverId ?? '-'],
    )
    await shown(['vm', 'retire', vm, '--yes', '--reason', 'disk errors'], [/drains/])
    const draining = await until('it drains', async () => {
      const found = await asked<VmDetails>(['vm', 'show', vm])
      return found.state === 'draining' ? found : undefined
    })
    expect(draining).toMatchObject({
      reason: 'Retired',
      history: expect.arrayContaining([expect.objectContaining({ because: expect.stringContaining('disk errors') })]),
    })
    const gone = await until('it is gone', async () =>
      (await asked<VmRow[]>(['vm', 'list', '--all'])).find(({ name, state }) => name === vm && state === 'gone'),
    )
    expect(gone).toMatchObject({ reason: 'Retired' })
    // its job was let finish, and ran once
    expect(await condor('condor_history', job, '-af', 'JobStatus', 'ExitCode', 'NumJobStarts')).toBe('4 0 1')
    expect(await asked<RetireResult[]>(['vm', 'retire', vm, '--yes'])).toMatchObject([{ state: 'gone' }])
    await shown(['vm', 'list', '--all'], [new RegExp(`${vm} .*gone +Retired`)])
  })
})

describe('images', () => {
  test('are listed, and shared with the batch projects', async () => {
    const before = await asked<ImageRow[]>(['image', 'list'])
    expect(before.find(({ name }) => name === 'catalogue-software-2019')).toMatchObject({
      visibility: 'private',
      usable: false,
    })
    await shown(['image', 'list', '--cloud', 'east'], [/^telescope +east +active/m])
    await shown(
      ['image', 'share', 'catalogue-software-2019', '--cloud', 'east'],
      [/^east +catalogue-software-2019 +canfar-batch +shared +accepted/m],
    )
    expect(await asked<ImageSharingResult[]>(['image', 'share', 'catalogue-software-2019'])).toMatchObject([
      { cloud: 'arbutus', outcome: 'shared' },
      { cloud: 'east', outcome: 'already' },
    ])
    const after = await asked<ImageRow[]>(['image', 'list'])
    for (const row of after.filter(({ name }) => name === 'catalogue-software-2019')) {
      expect(row).toMatchObject({ visibility: 'shared', usable: true })
    }
    const { exitCode, stdout, stderr } = await own.cli(['image', 'share', words.theirs, '--cloud', 'arbutus'])
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 4, stdout: expect.stringMatching(/failed/) })
    expect(stderr).toMatch(/belongs to another project[^]*next: Ask the project/)
  })
})

test('doctor finds everything in place, each with a line', async () => {
  const { exitCode, stdout } = await runAs(own.site.account, [own.site.program.command, 'doctor'], {
    env: own.site.environments.user,
  })
  expect(exitCode, stdout).toBe(0)
  expect(stdout.split('\n').filter((line) => !line.startsWith('ok '))).toEqual([])
})

test('an operator finds the clouds fit, one of them by booting; that leaves nothing', async () => {
  const checks = await asked<Check[]>(['cloud', 'check', 'east', '--boot'], operator)
  expect(checks.filter(({ ok }) => ok !== true && ok !== 'skipped')).toEqual([])
  const project = checks.find(({ name }) => name === 'batch project')
  expect(project?.detail, 'compared with that of VMs').toMatch(/^\S+ \([0-9a-f]{32}\)$/)
  expect(checks.map(({ name }) => name)).toContain('boot: deleted')
  const { admin } = own.cloud('east')
  const servers = await admin.servers()
  const trial = servers.find(({ metadata }) => 'canfar-batch.check' in metadata)
  expect(trial).toMatchObject({ status: 'DELETED' })
  if (own.site.account.temporary) {
    const no = await own.cli(['cloud', 'check', 'east', '-o', 'json'])
    expect(no.exitCode).toBe(4)
    expect(JSON.parse(no.stderr)).toMatchObject({ item: { code: 'OperatorsOnly' } })
  }
})
