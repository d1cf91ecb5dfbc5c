import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kitFiles } from '#domain/worker/kit.ts'

const folder = join(import.meta.dirname, '../../worker-kit')
let work: string
let home: string
let sandbox: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'kit-'))
  home = join(work, 'home')
  sandbox = join(work, 'dir_1')
  for (const path of [home, sandbox, join(work, 'bin')]) mkdirSync(path)
  // the account data base of a worker VM: only its answer for the home is another
  writeFileSync(join(work, 'bin/getent'), `#!/bin/sh\necho "alice:x:1000:1000::${home}:/bin/bash"\n`)
  chmodSync(join(work, 'bin/getent'), 0o755)
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const link = (): string => join(home, '.ssl/cadcproxy.pem')

function run(name: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(join(folder, name), args, {
    cwd: sandbox,
    env: { PATH: `${join(work, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`, ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('the kit is complete, executable, and the shell can read it', () => {
  expect(
    readdirSync(folder)
      .filter((name) => !name.endsWith('.md'))
      .toSorted(),
  ).toEqual([...kitFiles].toSorted())
  for (const name of kitFiles) {
    expect(statSync(join(folder, name)).mode & 0o111).toBe(0o111)
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^#!\/bin\/sh\n# /)
    execFileSync('sh', ['-n', join(folder, name)])
  }
})

describe('job-wrapper', () => {
  test('gives a job the home of its account, and passes arguments on as they are', () => {
    expect(run('job-wrapper', ['sh', '-c', 'echo "$HOME"; echo "$1|$2"; exit 7', 'x', 'a  b', '*'])).toEqual({
      status: 7,
      stdout: `${home}\na  b|*\n`,
      stderr: '',
    })
  })

  test("leaves a home that the job's environment names", () => {
    expect(run('job-wrapper', ['sh', '-c', 'echo "$HOME"'], { HOME: '/elsewhere' }).stdout).toBe('/elsewhere\n')
  })

  test('an account without a home works in its sandbox', () => {
    rmSync(home, { recursive: true })
    expect(run('job-wrapper', ['sh', '-c', 'echo "$HOME"'], { _CONDOR_SCRATCH_DIR: sandbox }).stdout).toBe(
      `${sandbox}\n`,
    )
  })

  test('tells HTCondor of a program that cannot run', () => {
    const file = join(work, 'error')
    const { status } = run('job-wrapper', ['/no/such/program'], { _CONDOR_WRAPPER_ERROR_FILE: file })
    expect(status).toBeGreaterThan(0)
    expect(readFileSync(file, 'utf8')).toContain('cannot run /no/such/program')
  })
})

describe('canfar_batch_cert', () => {
  test('links the certificate of the sandbox, so that a renewed one is seen', () => {
    writeFileSync(join(sandbox, 'proxy'), 'old')
    expect(run('canfar_batch_cert', ['proxy'], { _CONDOR_SCRATCH_DIR: sandbox })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
    expect(readlinkSync(link())).toBe(join(sandbox, 'proxy'))
    expect(statSync(join(home, '.ssl')).mode & 0o777).toBe(0o700)
    writeFileSync(join(sandbox, 'proxy'), 'new')
    expect(readFileSync(link(), 'utf8')).toBe('new')
  })

  test('takes the place of a certificate that was left in the image, and of an older link', () => {
    mkdirSync(join(home, '.ssl'))
    writeFileSync(link(), 'stale')
    writeFileSync(join(sandbox, 'proxy'), 'fresh')
    run('canfar_batch_cert', ['proxy'])
    run('canfar_batch_cert', ['proxy'])
    expect(lstatSync(link()).isSymbolicLink()).toBe(true)
    expect(readFileSync(link(), 'utf8')).toBe('fresh')
    expect(readdirSync(join(home, '.ssl'))).toEqual(['cadcproxy.pem'])
  })

  test('without a certificate the job still runs', () => {
    const { status, stderr } = run('canfar_batch_cert', ['proxy'])
    expect(status).toBe(0)
    expect(stderr).toContain('runs without one')
    expect(existsSync(link())).toBe(false)
  })
})

describe('worker-init', () => {
  test.each([[['--owner', 'alice']], [['--scratch', 'yes']], [['--what', 'x']]])('%j is not enough', (args) => {
    expect(run('worker-init', args).status).toBe(2)
  })
})
