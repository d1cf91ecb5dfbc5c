import { existsSync, readFileSync } from 'node:fs'
import type { CrashSite } from '../../e2e/crash-site.ts'
import type { Journal } from '../journal.ts'
import type { People } from '../people.ts'
import type { Planted } from '../plant.ts'
import type { Books } from './books.ts'
import { readEventLog } from './event-log.ts'
import { jobsOf } from '../../e2e/seen-jobs.ts'
import { readRuns } from './read-runs.ts'
import { findSecrets } from './read-secrets.ts'
import { readWorkflows } from './read-workflows.ts'

/** Asks everybody once, when all is over. */
export async function readBooks(
  own: CrashSite,
  { journal, people, planted, unquiet }: { journal: Journal; people: People; planted: Planted[]; unquiet: string[] },
): Promise<Books> {
  const { site, client } = own
  const clouds = await Promise.all(
    Object.values(site.clouds).map(async ({ name, caps = {}, admin }) => ({
      name,
      caps,
      servers: await admin.servers(),
      inventory: await admin.inventory(),
      requests: await admin.requests(),
    })),
  )
  const jobs = await jobsOf(site.pool)
  const { workflows, places } = await readWorkflows(client)
  return {
    clouds,
    planted,
    jobs,
    events: readEventLog(readFileSync(site.pool.eventLog, 'utf8')),
    runs: readRuns(people.ran),
    outputs: new Map(
      jobs.flatMap(({ id }) => (existsSync(people.output(id)) ? [[id, readFileSync(people.output(id), 'utf8')]] : [])),
    ),
    workflows,
    guests: site.runner.guests().map(({ name }) => name),
    secrets: await findSecrets(site, places),
    journal: journal.entries,
    entered: people.entered,
    unquiet,
  }
}
