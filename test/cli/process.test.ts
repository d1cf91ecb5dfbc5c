import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const launcher = join(root, 'bin/canfar-batch')
const scratch = mkdtempSync(join(tmpdir(), 'canfar-batch-cli-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const cli = (argv: string[], environment: Record<string, string> = {}, file = launcher) => {
  const { status, stdout, stderr } = spawnSync(file, argv, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '', ...environment },
  })
  return { code: status, out: stdout, err: stderr }
}

const node = (version: string): string => {
  const folder = mkdtempSync(join(scratch, 'node-'))
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 })
  return folder
}

test('the launcher runs the command line, through a chain of symbolic links too', () => {
  mkdirSync(join(scratch, 'bin'))
  symlinkSync(launcher, join(scratch, 'absolute'))
  symlinkSync('../absolute', join(scratch, 'bin/relative'))
  const { code, out, err } = cli(['version'], {}, join(scratch, 'bin/relative'))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^canfar-batch \d/)
})

test('an old Node.js on PATH is passed over for the one that npm installed', () => {
  const { code, out } = cli(['version', '-o', 'json'], { PATH: `${node('20.20.2')}:/usr/bin:/bin`, CANFAR_NODE: '' })
  expect(code).toBe(0)
  expect(out).toMatch(/"node": "v2[4-9]/)
})

test('CANFAR_NODE counts before all; a wrong one is an error, not a fallback', () => {
  const { code, err } = cli(['version'], { CANFAR_NODE: join(node('22.1.0'), 'node') })
  expect(code).toBe(4)
  expect(err).toContain('CANFAR_NODE=')
  expect(err).toContain('next: ')
})

test('without any Node.js it says where it looked', () => {
  mkdirSync(join(scratch, 'bare/bin'), { recursive: true })
  copyFileSync(launcher, join(scratch, 'bare/bin/canfar-batch'))
  const environment = { PATH: `${node('18.0.0')}:/usr/bin:/bin`, CANFAR_NODE: '' }
  const { code, err } = cli(['version'], environment, join(scratch, 'bare/bin/canfar-batch'))
  expect(code).toBe(4)
  expect(err).toContain(`not in ${join(scratch, 'bare')}/node_modules`)
  expect(err).toContain('npm ci')
})

test('a usage error ends with 2, data and messages keep to their streams', () => {
  expect(cli(['vm', 'lst'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('did you mean list?') })
  expect(cli(['vm', '--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Usage:') })
})

test('a reader that has gone is no error', async () => {
  const child = spawn(launcher, ['completion', 'zsh'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = await once(child, 'close')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

const hanging = (): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'fixtures/hanging.ts'), 'submit', 'x.sub', '--wait'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a command that hangs with %i', async (signal, expected) => {
  const child = hanging()
  let err = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    if (err === 'queued\n') child.kill(signal)
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(expected)
  expect(err).toContain('Stopped waiting; the submission goes on')
})
