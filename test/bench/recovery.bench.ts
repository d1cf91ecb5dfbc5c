import { setTimeout as sleep } from 'node:timers/promises'
import { fleetId, fleetView } from '#contract/fleet.ts'
import type { Bench, Measure } from '../../script/lib/measure.ts'
import { shellJobs, submit, testSite, until, type TestSite } from '../workflows/support.ts'

/** Longer than it takes for every retry to have become as rare as it ever is, ms. */
const outage = 150_000

const CLOUD = 'arbutus'

const figures: readonly { name: string; goal: number; of: (world: TestSite, run: number) => Promise<number> }[] = [
  { name: 'schedd back → create call for a job that waited', goal: 5, of: scheddBack },
  { name: 'cloud back → create call for a job that waited', goal: 30, of: cloudBack },
  { name: 'worker process killed → a question answered by the next', goal: 5, of: workerProcessKilled },
]

const bench: Bench = {
  title: `what goes on when something is back that was away for ${outage / 1000} s`,
  async measure({ runs, progress }): Promise<Measure[]> {
    const world = await testSite({ clouds: [{ name: CLOUD }], keepalive: '1s' })
    try {
      const measures: Measure[] = []
      for (const { of, ...figure } of figures) {
        const values: number[] = []
        for (let run = 0; run < runs; run++) {
          values.push((await of(world, run)) / 1000)
          progress(`${figure.name}: ${values.at(-1)} s`)
        }
        measures.push({ ...figure, unit: 's', values })
      }
      return measures
    } finally {
      await world.site.stop()
    }
  },
}

export default bench

async function scheddBack(world: TestSite, run: number): Promise<number> {
  await jobThatWaits(world, `schedd-${run}`)
  const { pool } = world.site
  await pool.stopDaemon('schedd')
  await operate(world, 'enable')
  await sleep(outage)
  await pool.startDaemon('schedd')
  await until('the schedd to answer', () => pool.tool('condor_q', ['-totals']).catch(() => undefined))
  return sinceUntilBoot(world)
}

async function cloudBack(world: TestSite, run: number): Promise<number> {
  await jobThatWaits(world, `cloud-${run}`)
  const admin = world.site.clouds[CLOUD]?.admin
  await admin?.addFault({ times: null, effect: { kind: 'status', status: 503 } })
  await operate(world, 'enable')
  await sleep(outage)
  await admin?.clearFaults()
  return sinceUntilBoot(world)
}

async function workerProcessKilled({ site, client, config }: TestSite): Promise<number> {
  await site.killWorkerProcess()
  const began = Date.now()
  await site.startWorkerProcess()
  await client.workflow.getHandle(fleetId(config.pool)).query(fleetView)
  return Date.now() - began
}

/** Nothing is booted for it, as its only cloud is disabled. */
async function jobThatWaits(world: TestSite, name: string): Promise<void> {
  await until('nothing to be left of the run before', async () =>
    (await serversNow(world)).length === 0 ? true : undefined,
  )
  await operate(world, 'disable', '--reason', 'measuring')
  await submit(world.site, shellJobs(world.site, name, 'true', 1))
}

async function operate({ site }: TestSite, verb: string, ...more: string[]): Promise<void> {
  const { exitCode, stderr } = await site.cli(['cloud', verb, CLOUD, ...more], { as: 'operator' })
  if (exitCode !== 0) throw new Error(`cloud ${verb}: ${stderr}`)
}

async function sinceUntilBoot(world: TestSite): Promise<number> {
  const began = Date.now()
  const [server] = await until(
    'a create call',
    async () => {
      const servers = await serversNow(world)
      return servers.length === 0 ? undefined : servers
    },
    300_000,
  )
  return (server?.createdAt ?? Date.now()) - began
}

const serversNow = async ({ site }: TestSite) =>
  ((await site.clouds[CLOUD]?.admin.servers()) ?? []).filter(({ deletedAt }) => deletedAt === null)
