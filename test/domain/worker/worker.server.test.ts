import { execa } from 'execa'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { serialiseSettings } from '#domain/worker/condor-settings.ts'
import { workerConfiguration } from '#domain/worker/worker-configuration.ts'
import { findCondor } from '#testbed/condor/find.ts'
import { type Pool, startPool } from '#testbed/condor/pool.ts'
import { createToken, startWorker, type Worker } from '#testbed/condor/worker.ts'
import { type Account, demoAccount, runAs } from '#testbed/instance/account.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { lines, settings } from './sample.ts'

// Our configuration of a worker in the real HTCondor: what it reads, and what it does.

test('HTCondor reads each setting as it was meant', async () => {
  const condor = await findCondor({ progress: console.log })
  const folder = mkdtempSync(join(tmpdir(), 'worker-test-'))
  try {
    const file = join(folder, 'condor_config')
    writeFileSync(file, serialiseSettings(settings({ worker: { vmType: 'canfar:a (b) = c, d' } })))
    const wanted = lines(settings({ worker: { vmType: 'canfar:a (b) = c, d' } }))
    const names = Object.keys(wanted).filter((name) => wanted[name] !== '' && !wanted[name]?.includes('$('))
    const { stdout } = await execa(join(condor.binDir, 'condor_config_val'), names, { env: { CONDOR_CONFIG: file } })
    expect(
      stdout
        .split('\n')
        .map((value) => value.replace(/^(true|false)$/, (word) => word.slice(0, 1).toUpperCase() + word.slice(1))),
    ).toEqual(names.map((name) => wanted[name]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('a worker of one owner', () => {
  const vmType = 'canfar:catalogue software (2023-08-21)'
  const name = 'test-arbutus-0123456789abcdef'
  let instance: Instance
  let pool: Pool
  let account: Account
  let worker: Worker
  let work: string

  beforeAll(async () => {
    instance = await createInstance({ progress: console.log })
    account = await demoAccount(instance)
    pool = await startPool(instance, { fast: true, progress: console.log })
    const [host = '', port = ''] = pool.collector.split(':')
    // not in /tmp: each job has a /tmp of its own
    const kitFolder = mkdtempSync(join(instance.folder, 'kit-'))
    work = mkdtempSync(join(tmpdir(), 'worker-jobs-'))
    for (const folder of [kitFolder, work]) chmodSync(folder, 0o777)
    for (const script of ['job-wrapper', 'canfar_batch_cert']) {
      writeFileSync(join(kitFolder, script), readFileSync(join(import.meta.dirname, '../../../worker-kit', script)), {
        mode: 0o755,
      })
    }
    const config = serialiseSettings(
      workerConfiguration(
        {
          host,
          port: Number(port),
          trustDomain: pool.trustDomain,
          uidDomain: pool.trustDomain,
          ports: { kind: 'direct' },
          ccb: false,
          kitFolder,
        },
        { name, cloud: 'arbutus', imageId: '0b2d', flavorId: 'c2', vmType, tenant: account.name, owner: account.name },
        { drain: 3600_000, keepaliveCap: 10 },
      ),
    )
    const token = await createToken(pool, `${account.name}.${name}@${pool.trustDomain}`)
    worker = await startWorker(instance, pool, { name, address: addressIn(instance, 11), config, token })
    await worker.joined()
  })
  afterAll(async () => {
    await endInstance(instance)
    rmSync(work, { recursive: true, force: true })
  })

  const tool = (command: string, ...args: string[]): Promise<string> =>
    pool.tool(command, args).then((out) => out.trim())
  async function until(what: string, condition: () => Promise<boolean>, seconds = 40): Promise<void> {
    for (const deadline = Date.now() + seconds * 1000; !(await condition()); await sleep(200)) {
      if (Date.now() < deadline) continue
      throw new Error(
        `waited ${seconds} s for ${what}\n${await tool('condor_q', '-allusers', '-af', 'JobStatus', 'HoldReason', 'Requirements')}`,
      )
    }
  }
  const idle = (): Promise<boolean> => tool('condor_q', '-allusers', '-af', 'ClusterId').then((out) => out === '')

  /** Hands a user's file in, rendered for this worker, and gives the cluster's number. */
  async function submit(
    text: string,
    more: { tenant?: string; proxy?: { path: string; preCommand: string }; outputs?: 'new' } = {},
  ): Promise<string> {
    const rendered = renderSubmitFile({
      text,
      submission: 'submission/test/1',
      vmType,
      images: { arbutus: '0b2d', east: 'ffff' },
      flavors: { arbutus: 'c2' },
      tenant: account.name,
      trustDomain: pool.trustDomain,
      keepalive: { value: 3, cap: 10 },
      hold: false,
      ...more,
    })
    const { exitCode, stdout, stderr } = await runAs(account, ['condor_submit', '-terse', '-'], {
      env: pool.environment,
      cwd: work,
      input: rendered,
    })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return stdout.split('.')[0] ?? ''
  }

  test('describes itself', async () => {
    const ad = await tool(
      'condor_status',
      '-af:r',
      'VMType',
      'VMAMI',
      'VMInstanceType',
      'CloudName',
      'VMName',
      'Tenant',
      'VMUnusable',
      'AuthenticatedIdentity',
    )
    expect(ad).toBe(
      `"${vmType}" "arbutus:0b2d" "arbutus:c2" "arbutus" "${name}" "${account.name}" undefined "${account.name}.${name}@pool.test"`,
    )
  })

  test("runs its owner's jobs, in the account's home, with the certificate linked; nothing but their output comes back", async () => {
    writeFileSync(
      join(work, 'job.sh'),
      '#!/bin/sh\necho "home $HOME"; readlink "$HOME/.ssl/cadcproxy.pem"; grep -c BEGIN "$HOME/.ssl/cadcproxy.pem"; echo "proxy $X509_USER_PROXY"; echo x > result\n',
    )
    chmodSync(join(work, 'job.sh'), 0o755)
    const proxy = join(work, 'proxy.pem')
    await execa('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${proxy}.key`,
      '-out',
      `${proxy}.crt`,
      '-days',
      '2',
      '-subj',
      '/CN=test',
    ])
    writeFileSync(proxy, readFileSync(`${proxy}.crt`, 'utf8') + readFileSync(`${proxy}.key`, 'utf8'))
    await execa('chown', [account.name, proxy])
    chmodSync(proxy, 0o600)
    const preCommand = join(work, 'canfar_batch_cert')
    writeFileSync(preCommand, readFileSync(join(import.meta.dirname, '../../../worker-kit/canfar_batch_cert')), {
      mode: 0o755,
    })
    await submit('executable = job.sh\noutput = job.out\nerror = job.err\nlog = job.log\nqueue\n', {
      proxy: { path: proxy, preCommand },
    })
    await until('the job to be done', idle)
    const out = readFileSync(join(work, 'job.out'), 'utf8')
    expect(out).toMatch(
      new RegExp(`^home ${account.home}\\n/.*/dir_\\d+/proxy.pem\\n2\\nproxy /.*/dir_\\d+/proxy.pem\\n$`),
    )
    const { stdout } = await execa('ls', ['-A', work])
    expect(stdout.split('\n').toSorted()).toEqual(
      [
        'canfar_batch_cert',
        'job.err',
        'job.log',
        'job.out',
        'job.sh',
        'proxy.pem',
        'proxy.pem.crt',
        'proxy.pem.key',
      ].toSorted(),
    )
  })

  test('jobs of another tenant, image or flavor are not started', async () => {
    const cluster = await submit('executable = /bin/true\ntransfer_executable = false\nqueue\n', { tenant: 'somebody' })
    await sleep(5000)
    expect(await tool('condor_q', cluster, '-af', 'JobStatus')).toBe('1')
    await tool('condor_rm', cluster)
  })

  test('an administrator of the pool drains it, and the running job ends first', async () => {
    const cluster = await submit('executable = /bin/sleep\ntransfer_executable = false\narguments = 8\nqueue\n')
    await until('the job to run', async () => (await tool('condor_q', '-allusers', '-af', 'JobStatus')) === '2')
    await tool('condor_drain', `${name}.pool.test`)
    const slot = ['-af', 'State', 'Activity', 'NumDynamicSlots', '-constraint', 'PartitionableSlot']
    await until('the drain', async () => (await tool('condor_status', ...slot)) === 'Drained Idle 0')
    expect(await tool('condor_history', cluster, '-af', 'ExitCode', 'NumJobStarts', 'NumShadowExceptions')).toBe(
      '0 1 undefined',
    )
  })

  test('an ordinary user can neither drain nor stop it', async () => {
    for (const argv of [
      ['condor_drain', '-cancel', `${name}.pool.test`],
      ['condor_off', '-name', `${name}.pool.test`],
    ] as const) {
      const { exitCode, stderr, stdout } = await runAs(account, [...argv], { env: pool.environment })
      expect({ argv, refused: exitCode !== 0 || /fail|denied|can't/i.test(stderr + stdout) }).toEqual({
        argv,
        refused: true,
      })
    }
    expect(worker.daemon().isRunning()).toBe(true)
  })
})
