import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAs } from '#testbed/instance/account.ts'
import { spawnDaemon } from '#testbed/instance/daemon.ts'
import { startSite } from '#testbed/site/site.ts'
import { FLAVOR, IMAGE, SUBMIT_FILE } from '#testbed/site/words.ts'
import { writeTutorial } from '#testbed/tutorial/write-tutorial.ts'
import { installTarball } from './install-tarball.ts'

// What is installed is not what a checkout runs: the package is built, packed, installed into an empty folder, and used.

const project = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'build-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A folder of its own that every account may enter. */
const folder = (name: string): string => {
  const path = join(scratch, name)
  mkdirSync(path, { recursive: true })
  return path
}

beforeAll(() => chmodSync(scratch, 0o755))

describe('canfar-batch', () => {
  let home: string
  let command: string

  beforeAll(async () => {
    const root = folder('canfar-batch')
    const { files } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { files: string[] }
    const shipped = files.map((file) => file.split('/')[0] ?? '').filter((file) => file !== 'dist')
    for (const file of ['package.json', 'README.md', 'LICENSE', ...shipped]) {
      cpSync(join(project, file), join(root, file), { recursive: true })
    }
    await execa('script/build', [join(root, 'dist')], { cwd: project })
    await execa('npm', ['pack'], { cwd: root })
    home = folder('home')
    await installTarball(root, home)
    command = join(home, 'node_modules', '.bin', 'canfar-batch')
  })

  /** No Node.js but the one that came with the package, where the host has none that is new enough. */
  const env = (): Record<string, string> => ({
    PATH: '/usr/bin:/bin',
    HOME: home,
    XDG_CACHE_HOME: folder('cache'),
    LANG: 'C.UTF-8',
  })

  const run = async (file: string, argv: readonly string[], more: Record<string, string> = {}) => {
    const { exitCode, stdout, stderr } = await execa(file, argv, {
      cwd: home,
      env: { ...env(), ...more },
      extendEnv: false,
      reject: false,
    })
    return { exitCode, stdout, stderr }
  }

  test.each([
    { argv: ['--help'], exitCode: 0, said: /^Usage: canfar-batch/ },
    { argv: ['version'], exitCode: 0, said: /^canfar-batch \d+\.\d+\.\d+$/ },
    { argv: ['vm', 'list', '--help'], exitCode: 0, said: /^Usage: canfar-batch vm list/ },
    { argv: ['doctor'], exitCode: 1, said: /no configuration was found/ },
    { argv: ['job', 'list'], exitCode: 4, said: /no configuration was found/ },
    { argv: ['worker', '--config', 'none.yaml'], exitCode: 4, said: /none\.yaml/ },
  ])('$argv says and ends as in a checkout', async ({ argv, exitCode, said }) => {
    const { stdout: node } = await run(command, ['version', '-o', 'json'])
    const { item } = JSON.parse(node) as { item: { node: string } }
    const inCheckout = await run(join(project, 'bin', 'canfar-batch'), argv, { CANFAR_NODE: process.execPath })
    const result = await run(command, argv)
    expect(result.exitCode).toBe(exitCode)
    expect(`${result.stdout}\n${result.stderr}`.trim()).toMatch(said)
    const text = JSON.stringify(inCheckout).replaceAll(process.version, item.node)
    expect(JSON.parse(text)).toEqual(result)
  })

  test('help waits for no library but the one that reads arguments', () => {
    const code = join(home, 'node_modules', 'canfar-batch', 'dist', 'cli')
    const seen = new Set<string>()
    const packages = new Set<string>()
    const follow = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      const text = readFileSync(join(code, file), 'utf8')
      for (const [, from = ''] of text.matchAll(/^(?:import|export)\b[^;]*?"([^"]+)";$/gm)) {
        if (from.startsWith('./')) follow(from)
        else if (!from.startsWith('node:')) packages.add(from)
      }
    }
    follow('main.js')
    expect(seen.size).toBeGreaterThan(3)
    expect([...packages]).toEqual(['commander'])
  })

  test('a site runs on it: worker process, submission, a worker VM with its kit', async () => {
    const site = await startSite({ guests: 'process', fast: true, keepalive: '6s', withoutWorkerProcess: true })
    try {
      const logFile = join(site.instance.folder, 'installed-worker.log')
      const worker = await spawnDaemon(site.instance, {
        name: 'installed worker process',
        argv: [command, 'worker', '--config', site.configFile],
        env: { ...env(), PATH: site.environments.operator['PATH'] },
        cwd: '/',
        logFile,
        readyTimeoutMs: 60_000,
        ready: async () => existsSync(logFile) && readFileSync(logFile, 'utf8').includes('"worker process ready"'),
      })

      const { account, environments } = site
      await writeTutorial(account.home, account.temporary ? { owner: account } : {})
      const submit = await runAs(account, [command, 'submit', SUBMIT_FILE, IMAGE, FLAVOR], { env: environments.user })
      expect(submit, submit.stderr).toMatchObject({ exitCode: 0 })
      // no server is asked for before its user-data has the kit
      const cloud = site.clouds['arbutus']
      await expect.poll(async () => (await cloud?.admin.servers())?.length, { timeout: 30_000 }).toBe(1)
      expect(worker.isRunning()).toBe(true)
    } finally {
      await site.stop()
    }
  })
})
