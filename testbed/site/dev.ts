import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { accountEnvironment } from '#testbed/instance/account.ts'
import { commandLine } from '#testbed/instance/daemon.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { Ledger, LEDGER } from '#testbed/instance/ledger.ts'
import { isRunning } from '#testbed/instance/process-table.ts'
import { Clock } from './demo/clock.ts'
import { hints } from './demo/hints.ts'
import { prepareTutorial } from './demo/tutorial-run.ts'
import { endingOnSignal } from './ending.ts'
import { examineHost } from './host.ts'
import { findSites, type FoundSite, readSiteRecord, type UpRecord } from './record.ts'
import { reportProblem } from './report-problem.ts'
import { networkFor, startSite } from './site.ts'
import { stopSites } from './stop-sites.ts'

const USAGE = `usage: script/dev up [--openstack] | down | status | shell [--operator]

  up        bring up a whole site (two clouds, HTCondor, Temporal, the worker process) with the tutorial's files, and
            leave it up; does nothing if it is up. --openstack: one cloud, a real OpenStack (root alone; 1.5 GB of disk
            and about three minutes once, 1 GB of memory)
  down      take it down
  status    what runs, where, and the commands to try
  shell     a shell on it as the astronomer; --operator: as whoever runs the site
`

const TAKE_DOWN = 'script/dev down'

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      openstack: { type: 'boolean', default: false },
      operator: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [verb, ...rest] = positionals
  if (values.help || verb === undefined || rest.length > 0) {
    process.stdout.write(USAGE)
    return values.help ? 0 : 2
  }
  if (verb === 'up') return up(values.openstack)
  if (verb === 'down') return down()
  if (verb === 'status') return status()
  if (verb === 'shell') return shell(values.operator)
  throw new Problem({ code: 'Usage', kind: 'usage', message: `unknown command ${verb}`, next: 'script/dev --help' })
}

const standing = (): (FoundSite & { up: UpRecord })[] =>
  findSites('dev').flatMap((site) =>
    site.state === 'kept' && site.record.up !== undefined ? [{ ...site, up: site.record.up }] : [],
  )

async function up(openstack: boolean): Promise<number> {
  const [there] = standing()
  if (there !== undefined) {
    console.log(`It is up already: ${there.id}`, hints(there.up, TAKE_DOWN))
    return 0
  }
  const { say } = new Clock(console.log)
  let instance: Instance | undefined
  const takeDown = async (): Promise<void> => {
    if (instance !== undefined) await endInstance(instance, say)
  }
  return endingOnSignal(
    async (signal) => {
      try {
        say('bringing up a site')
        const { guests, why } = await examineHost(undefined, say)
        if (why !== undefined) say(`worker VMs will be plain HTCondor processes: ${why}`)
        instance = await createInstance({ network: networkFor(guests), progress: say })
        const site = await startSite({
          purpose: 'dev',
          instance,
          guests,
          fast: true,
          keepalive: '30s',
          progress: say,
          ...(openstack && { realClouds: [{ name: 'arbutus', priority: 10 }] }),
        })
        await prepareTutorial(site)
        signal.throwIfAborted()
        say(`up: instance ${instance.id}`)
      } catch (error) {
        if (signal.aborted) throw error
        await takeDown()
        return reportProblem(error)
      }
      instance.ledger.keep()
      const record = readSiteRecord(instance.folder)?.up
      if (record !== undefined) console.log(hints(record, TAKE_DOWN))
      return 0
    },
    async (name) => {
      say(`${name}: taking everything down`)
      await takeDown()
    },
  )
}

async function down(): Promise<number> {
  const { ended, failed, live } = await stopSites('dev', console.log)
  if (ended + failed + live.length === 0) console.log('nothing is up')
  return failed > 0 ? 1 : 0
}

function status(): number {
  const sites = standing()
  for (const { id, folder, up: record } of sites) {
    console.log(`site ${id}, logs below ${folder}`)
    for (const { resource, process: ref } of new Ledger(join(folder, LEDGER)).read().entries) {
      if (resource.kind !== 'process') continue
      const running = ref !== undefined && isRunning(ref)
      console.log(`  ${running ? 'runs ' : 'ENDED'}  ${String(ref?.pid ?? '').padStart(7)}  ${resource.name}`)
    }
    console.log(hints(record, TAKE_DOWN))
  }
  if (sites.length > 0) return 0
  console.log('No site is up. Bring one up: script/dev up')
  return 3
}

async function shell(asOperator: boolean): Promise<number> {
  const [site] = standing()
  if (site === undefined) {
    throw new Problem({ code: 'NoSite', kind: 'not-found', message: 'no site is up', next: 'script/dev up' })
  }
  const { account, environments } = site.up
  const become = asOperator || !account.temporary ? {} : { account }
  const [file = '', ...args] = commandLine({ argv: ['bash', '--norc'], ...become })
  const environment = asOperator
    ? { ...process.env, ...environments.operator }
    : accountEnvironment(account, environments.user)
  // It is the shell's to end on Ctrl-C, not ours.
  process.on('SIGINT', () => {})
  const result = await execa(file, args, {
    cwd: asOperator ? site.folder : account.home,
    env: { ...environment, TERM: process.env['TERM'], PS1: `[${asOperator ? 'operator' : account.name}] \\w\\$ ` },
    extendEnv: false,
    stdio: 'inherit',
    reject: false,
  })
  return result.exitCode ?? 1
}

process.exit(await main().catch(reportProblem))
