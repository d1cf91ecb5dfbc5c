import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { ensureOpenStackImage } from '#testbed/openstack/image/build.ts'
import { examineHost } from '#testbed/site/host.ts'
import { provide } from '#testbed/site/provisions.ts'
import { reportProblem } from '#testbed/site/report-problem.ts'

const USAGE = `usage: script/test [quick | openstack | chaos … | FILE…]

  (nothing)   everything: types, lint, format, the tests without servers, then those with real Temporal, HTCondor and
              guests, then those on a real OpenStack (as root); fetches and builds by itself what they need
  quick       types, lint, format and the tests without servers
  openstack   what is proved with a real OpenStack; needs root, and installs it into the cache if it is not there
  chaos       a whole site under seeded faults, for as long as you like: script/test chaos --help
  FILE…       these test files (or folders) alone, whatever they need
`

interface Counts {
  what: string
  passed: number
  failed: number
}

const ROOT = process.cwd()

const OPENSTACK = ['--project', 'openstack']

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'chaos') return chaos(args.slice(1))
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE)
    return 0
  }
  const quick = args.length === 1 && args[0] === 'quick'
  const files = quick ? [] : args.length === 1 && args[0] === 'openstack' ? OPENSTACK : args.map(fromRoot)
  const counts = files.length > 0 ? [await vitest(files)] : [await check(), await vitest(['--project', 'unit'])]
  if (!quick && files.length === 0) {
    await prepare()
    counts.push(await vitest(['--project', 'server']))
    if (await openStackPrepared()) counts.push(await vitest(OPENSTACK))
  }
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
  for (const { what } of counts.filter((count) => count.failed > 0)) console.log(`failed: ${what}`)
  console.log(`\n${passed} passed, ${failed} failed`)
  // Nothing that ran is no proof.
  return failed === 0 && passed > 0 ? 0 : 1
}

async function chaos(args: readonly string[]): Promise<number> {
  const { exitCode = 1 } = await execa('node', ['test/chaos/main.ts', ...args], { stdio: 'inherit', reject: false })
  return exitCode
}

/** A path as vitest filters by it: whatever folder the caller is in. */
const fromRoot = (file: string): string => relative(ROOT, resolve(process.env['CANFAR_CALLER_DIRECTORY'] ?? ROOT, file))

const say = (line: string): void => console.log(`── ${line}`)

/** Counts as one. */
async function check(): Promise<Counts> {
  const what = 'script/check'
  say(`types, lint, format: ${what}`)
  const { exitCode } = await execa('script/check', { stdio: 'inherit', reject: false })
  return exitCode === 0 ? { what, passed: 1, failed: 0 } : { what, passed: 0, failed: 1 }
}

/** What the servers' tests need is fetched now, so that no test's time limit has to include it. */
async function prepare(): Promise<void> {
  say('Temporal, HTCondor and the guest image: fetched or built if they are not in the cache')
  const { guests, why } = await examineHost(undefined, say)
  if (why !== undefined) say(`tests that need guests with a root file system of their own are left out: ${why}`)
  await provide(guests, say)
}

/** @returns whether its tests can run here */
async function openStackPrepared(): Promise<boolean> {
  if (!mayMakeBridges()) {
    say(
      'tests on a real OpenStack are left out: only root, with the rights to mount and to make bridges, can start one',
    )
    return false
  }
  await ensureOpenStackImage({ progress: say })
  return true
}

const Result = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
})

async function vitest(args: readonly string[]): Promise<Counts> {
  const what = `vitest run ${args.join(' ')}`
  say(what)
  const folder = mkdtempSync(join(tmpdir(), 'canfar-test-'))
  const json = join(folder, 'result.json')
  try {
    const { exitCode } = await execa(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${json}`, ...args],
      { stdio: 'inherit', reject: false },
    )
    const { numPassedTests, numFailedTests, testResults } = Result.parse(JSON.parse(readFileSync(json, 'utf8')))
    // A file that could not even be loaded has no tests to count.
    const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
    const failed = numFailedTests + broken
    return { what, passed: numPassedTests, failed: exitCode !== 0 && failed === 0 ? 1 : failed }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return { what, passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exit(await main(process.argv.slice(2)).catch(reportProblem))
