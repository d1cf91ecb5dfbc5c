import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findTemporal, TEMPORAL_VERSION } from '#testbed/temporal/find.ts'

let folder: string
let server: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canfar-find-'))
})
afterEach(() => {
  server?.close()
  rmSync(folder, { recursive: true })
})

/** An executable that answers `--version` as the CLI does, or fails. */
function program(path: string, exitCode = 0): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\necho "temporal version 9"\nexit ${exitCode}\n`)
  chmodSync(path, 0o755)
  return path
}

const nowhere = 'http://127.0.0.1:9'
const env = (extra: Record<string, string> = {}): Record<string, string> => ({
  PATH: join(folder, 'bin'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...extra,
})
const inCache = (): string => join(folder, 'cache/canfar-batch/temporal', TEMPORAL_VERSION, 'temporal')

it('takes TEMPORAL_CLI, PATH and the cache in that order', async () => {
  program(inCache())
  expect(await findTemporal({ env: env() })).toBe(inCache())
  const onPath = program(join(folder, 'bin/temporal'))
  expect(await findTemporal({ env: env() })).toBe(onPath)
  const named = program(join(folder, 'named'))
  expect(await findTemporal({ env: env({ TEMPORAL_CLI: named }) })).toBe(named)
})

it('refuses a TEMPORAL_CLI that does not run rather than taking another', async () => {
  program(join(folder, 'bin/temporal'))
  const broken = program(join(folder, 'broken'), 1)
  for (const TEMPORAL_CLI of [broken, join(folder, 'absent')]) {
    await expect(findTemporal({ env: env({ TEMPORAL_CLI }) })).rejects.toMatchObject({
      data: { code: 'NoTemporal', kind: 'auth' },
    })
  }
})

it('passes over one on PATH that does not run', async () => {
  program(join(folder, 'bin/temporal'), 1)
  program(inCache())
  expect(await findTemporal({ env: env() })).toBe(inCache())
})

it('downloads it as the SDK does and keeps it', async () => {
  program(join(folder, 'served/temporal'))
  await execa('tar', ['-czf', join(folder, 'cli.tar.gz'), '-C', join(folder, 'served'), 'temporal'])
  const asked: string[] = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url?.startsWith('/cli/') === true) {
      response.end(JSON.stringify({ archiveUrl: `http://${request.headers.host}/archive`, fileToExtract: 'temporal' }))
    } else {
      void import('node:fs').then(({ createReadStream }) => createReadStream(join(folder, 'cli.tar.gz')).pipe(response))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const downloads = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const lines: string[] = []
  expect(await findTemporal({ env: env(), downloads, progress: (line) => lines.push(line) })).toBe(inCache())
  expect(asked[0]).toMatch(new RegExp(`^/cli/v${TEMPORAL_VERSION}\\?platform=linux&arch=(amd64|arm64)&`))
  expect(asked).toHaveLength(2)
  expect(lines).toEqual([`downloading Temporal CLI ${TEMPORAL_VERSION}, once`])
})

it('lists every way when none works', async () => {
  // A Go that fails at once stands first on PATH: the real one would build for minutes.
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/go'), '#!/bin/sh\necho "no route to the proxy" >&2\nexit 1\n')
  chmodSync(join(folder, 'bin/go'), 0o755)
  const problem = await findTemporal({ env: env(), downloads: nowhere }).catch((error: unknown) => error)
  expect(problem).toMatchObject({ data: { code: 'NoTemporal', kind: 'unreachable' } })
  const text = JSON.stringify(problem)
  for (const way of ['downloading', 'go install', 'PATH', 'TEMPORAL_CLI', 'install Go', 'internet'])
    expect(text).toContain(way)
  expect(existsSync(join(folder, 'cache/canfar-batch/temporal', TEMPORAL_VERSION))).toBe(false)
})
