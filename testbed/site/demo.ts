import { accessSync, constants, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Problem } from '#domain/problem.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { ensureOpenStackImage } from '#testbed/openstack/image/build.ts'
import { Clock } from './demo/clock.ts'
import { hints } from './demo/hints.ts'
import { demoOptions, type DemoOptions, USAGE } from './demo/options.ts'
import { reportTable } from './demo/table.ts'
import { prepareTutorial, runTutorial } from './demo/tutorial-run.ts'
import { endingOnSignal } from './ending.ts'
import { examineHost } from './host.ts'
import { TWO_CLOUDS } from './options.ts'
import { provide } from './provisions.ts'
import { readSiteRecord } from './record.ts'
import { networkFor, startSite } from './site.ts'
import { stopSites } from './stop-sites.ts'
import { reportProblem } from './report-problem.ts'

/** An empty worker VM waits this long for another job: short, so that a demo ends soon. */
const KEEPALIVE = '6s'

const TAKE_DOWN = 'script/demo --stop'

async function main(): Promise<number> {
  const options = demoOptions(process.argv.slice(2), process.env['CANFAR_CALLER_DIRECTORY'] ?? process.cwd())
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  if (options.stop) return stop()
  requireWritable(options.json)
  let instance: Instance | undefined
  const clock = new Clock(console.log)
  const takeDown = async (): Promise<boolean> => {
    if (instance === undefined) return true
    const { failed } = await endInstance(instance, clock.say)
    return failed.length === 0
  }
  return endingOnSignal(
    async (signal) => {
      const created = (made: Instance): void => {
        instance = made
      }
      let code = 1
      try {
        code = await demo(options, clock, created, signal)
      } catch (error) {
        if (signal.aborted) throw error
        code = reportProblem(error)
      }
      const folder = instance?.folder
      const up = folder === undefined ? undefined : readSiteRecord(folder)?.up
      if (options.keep && up !== undefined && !signal.aborted) {
        instance?.ledger.keep()
        console.log(hints(up, TAKE_DOWN))
        return code
      }
      const clean = await takeDown()
      if (clean && instance !== undefined) clock.say('taken down: nothing is left running')
      return clean ? code : 1
    },
    async (name) => {
      clock.say(`${name}: taking everything down`)
      await takeDown()
    },
  )
}

/** @returns the exit code: 0 only if all of it really happened */
async function demo(
  { json, openstack }: DemoOptions,
  clock: Clock,
  created: (instance: Instance) => void,
  signal: AbortSignal,
): Promise<number> {
  const { say } = clock
  clock.begin('fetch', 'what this machine lacks; later runs find it in the cache')
  const { guests, why } = await examineHost(undefined, say)
  say(
    guests === 'guest'
      ? 'worker VMs will be guests with a root file system, processes and address of their own'
      : `worker VMs will be plain HTCondor processes on loopback addresses: ${why ?? ''}`,
  )
  if (guests === 'process') say('run as root (sudo script/demo) for real guests')
  const { condorVersion, temporal } = await provide(guests, say)
  if (openstack) await ensureOpenStackImage({ progress: say })
  signal.throwIfAborted()
  const clouds = openstack ? 'two regions of OpenStack as clouds' : 'clouds'
  clock.begin('start', `Temporal (${temporal}), HTCondor ${condorVersion}, ${clouds} arbutus and east, worker process`)
  const instance = await createInstance({ network: networkFor(guests), progress: say })
  created(instance)
  signal.throwIfAborted()
  const site = await startSite({
    purpose: 'demo',
    instance,
    guests,
    fast: true,
    keepalive: KEEPALIVE,
    progress: say,
    ...(openstack && { realClouds: TWO_CLOUDS }),
  })
  say(`up: instance ${instance.id}, Temporal web UI ${site.temporal.uiUrl}, account ${site.account.name}`)
  const tutorial = await prepareTutorial(site)
  say(`${tutorial.images.length} images of known stars are in ${tutorial.folder}`)
  clock.end()
  const setup = clock.phases().reduce((sum, { seconds }) => sum + seconds, 0)
  const { report, findings, last } = await runTutorial(site, tutorial, setup, clock, signal)
  console.log(`\n${reportTable(report, last.clouds, clock.phases())}`)
  for (const finding of findings) console.log(`  NOT AS IT SHOULD BE: ${finding}`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report)}\n`)
  return findings.length === 0 ? 0 : 1
}

async function stop(): Promise<number> {
  const { ended, failed, live } = await stopSites('demo', console.log)
  if (ended + failed + live.length === 0) console.log('nothing is up')
  return failed > 0 ? 1 : 0
}

/** Said now and not after five minutes; an older run's figures must not be taken for this one's. */
function requireWritable(file: string | undefined): void {
  if (file === undefined) return
  try {
    accessSync(dirname(file), constants.W_OK)
    rmSync(file, { force: true })
  } catch (error) {
    const message = `can't be written: ${error instanceof Error ? error.message : String(error)}`
    throw new Problem({ code: 'Unwritable', kind: 'usage', where: file, message }, { cause: error })
  }
}

process.exit(await main().catch(reportProblem))
