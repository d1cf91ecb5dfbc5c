import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { createInstance, endInstance } from '#testbed/instance/instance.ts'
import type { RunningOpenStack } from '#testbed/openstack/start.ts'
import { audit } from '../../chaos/audit/audit.ts'
import { readBooks } from '../../chaos/audit/read-books.ts'
import { keepEvidence } from '../../chaos/evidence.ts'
import { Journal } from '../../chaos/journal.ts'
import { makeNotesFolder } from '../../chaos/notes.ts'
import { People } from '../../chaos/people.ts'
import { plantForeigners, withBaseImage } from '../../chaos/plant.ts'
import { untilQuiet } from '../../chaos/quiet.ts'
import { FLAVOR } from '#testbed/site/words.ts'
import { startCrashSite, type CrashSite } from '../../e2e/crash-site.ts'

/** Real services on a busy machine take seconds where the simulated ones take none. */
const DEADLINES = {
  createCall: '30s',
  createLookup: '60s',
  building: '2m',
  join: '90s',
  firstJob: '90s',
  drain: '3m',
}

const CLEANUP = { every: '15s', grace: '90s', confirm: '3s' }

/** A site on one region of a real OpenStack, with foreign servers beside its own, and books for the auditor of the storms. */
export interface AuditedSite extends AsyncDisposable {
  own: CrashSite
  openstack: RunningOpenStack
  cloud: CloudAdmin
  planted: ReadonlySet<string>
  journal: Journal
  /** A submit file of so many jobs, which go on for that long, as the astronomer enters it. */
  submit(name: string, jobs: number, seconds: number): Promise<void>
  /** Waits until all is over, and says what the auditor finds; what it had from is kept if it finds anything. */
  breaches(): Promise<string[]>
}

export async function startAuditedSite(name: string): Promise<AuditedSite> {
  const instance = await createInstance({ network: 'loopback' })
  makeNotesFolder(instance)
  const own = await startCrashSite({
    instance,
    keepalive: '2s',
    deadlines: DEADLINES,
    cleanup: CLEANUP,
    realClouds: [{ name: 'arbutus', seed: withBaseImage, caps: { vms: 6, booting: 4 } }],
    progress: console.log,
  }).catch(async (error: unknown) => {
    await endInstance(instance)
    throw error
  })
  const { openstack, clouds } = own.site
  const cloud = clouds['arbutus']?.admin
  if (openstack === undefined || cloud === undefined) throw new Error('the site has no real cloud')
  const folder = mkdtempSync(join(tmpdir(), `canfar-${name}-`))
  const journal = new Journal(join(folder, 'journal.jsonl'))
  const planted = await plantForeigners(own.site)
  const names = new Set(planted.map((one) => one.name))
  const people = new People(own, journal, names)
  return {
    own,
    openstack,
    cloud,
    planted: names,
    journal,
    submit: (file, jobs, seconds) =>
      people.submit({ at: 0, name: file, jobs, seconds, flavor: FLAVOR, cloud: undefined, regret: undefined }),
    breaches: async () => {
      const unquiet = await untilQuiet(own, names, { earliest: 0, boundMs: 420_000 })
      const books = await readBooks(own, { journal, people, planted, unquiet })
      const found = audit(books)
      const ended = books.workflows.flatMap(({ reason }) => reason ?? [])
      console.log(`${books.runs.length} runs of ${books.jobs.length} jobs; VMs ended because of ${ended.join(', ')}`)
      if (found.length === 0) rmSync(folder, { recursive: true })
      else await keepEvidence(own, folder, books, found)
      return found.length === 0 ? [] : [...found, `evidence: ${folder}`]
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  }
}
