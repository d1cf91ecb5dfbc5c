import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { SiteOptions } from '#testbed/site/options.ts'
import { type Site, startSite } from '#testbed/site/site.ts'
import type { Bench, Measure } from '../../script/lib/measure.ts'
import { around, historyLength, shellJobs, submit, type TestSite, until } from '../workflows/support.ts'

const jobs = 20
const keepaliveMs = 3000

/** Moments of one worker VM's life, ms since 1970, each as the part of the world says it that it happened in. */
interface Life {
  /** Enter was pressed. */
  submitted: number
  /** The cloud accepted the create call. */
  created: number
  /** The collector has its ad. */
  joined: number
  /** A job's first and last command, by the jobs themselves. */
  firstStart: number
  lastEnd: number
  /** The cloud was asked to delete it. */
  deletionAsked: number
  gone: number
  events: number
}

const figures: readonly { name: string; unit: string; goal?: number; of: (life: Life) => number }[] = [
  { name: 'submit → create call', unit: 's', goal: 2, of: ({ submitted, created }) => (created - submitted) / 1000 },
  {
    name: 'create call → worker in the pool',
    unit: 's',
    goal: 5,
    of: ({ created, joined }) => (joined - created) / 1000,
  },
  { name: 'in the pool → first job runs', unit: 's', of: ({ joined, firstStart }) => (firstStart - joined) / 1000 },
  {
    name: 'last job done → deletion asked, less keepalive',
    unit: 's',
    goal: 3,
    of: ({ lastEnd, deletionAsked }) => (deletionAsked - lastEnd - keepaliveMs) / 1000,
  },
  { name: 'deletion asked → workflow over', unit: 's', of: ({ deletionAsked, gone }) => (gone - deletionAsked) / 1000 },
  { name: `history of a VM that ran ${jobs} jobs`, unit: 'events', goal: 60, of: ({ events }) => events },
]

/** Submits jobs again and again to a site that has one VM for them, and looks at its life from outside. */
export const lifeBench = (title: string, options: SiteOptions): Bench => ({
  title,
  async measure({ runs, progress }): Promise<Measure[]> {
    const clouds = [{ name: 'arbutus', quota: { instances: 1 } }]
    const site = await startSite({ clouds, keepalive: `${keepaliveMs}ms`, ...options, progress })
    const world = await around(site).catch(async (error: unknown) => {
      await site.stop()
      throw error
    })
    try {
      const lives: Life[] = []
      for (let run = 0; run < runs; run++) {
        const life = await live(world, `run-${run}`)
        progress(figures.map(({ name, of }) => `${name}: ${of(life)}`).join('; '))
        lives.push(life)
      }
      return figures.map(({ of, ...figure }) => ({ ...figure, values: lives.map(of) }))
    } finally {
      await world.stop()
    }
  },
})

async function live(world: TestSite, name: string): Promise<Life> {
  const { site, client } = world
  const known = new Set((await serversOf(site)).map(({ id }) => id))
  const job = shellJobs(site, name, 'date +%s%3N; sleep 0.2; date +%s%3N', jobs)
  const submitted = Date.now()
  await submit(site, job)
  const server = await until('a server', async () => (await serversOf(site)).find(({ id }) => !known.has(id)))
  const joined = await until(
    'the worker in the pool',
    async () => ((await inPool(site, server.name)) ? Date.now() : undefined),
    60_000,
  )
  const handle = client.workflow.getHandle(server.name)
  const ended = await until(
    'the VM to be gone',
    async () => {
      const { status, closeTime } = await handle.describe()
      return status.name === 'RUNNING' ? undefined : closeTime?.getTime()
    },
    600_000,
  )
  const more = (await serversOf(site)).filter(({ id }) => !known.has(id))
  if (more.length !== 1) throw new Error(`${more.length} VMs were booted for what one can do`)
  const moments = Array.from({ length: jobs }, (_, n) => momentsOf(join(job.folder, `job-${n}.out`)))
  const requests = (await site.clouds['arbutus']?.admin.requests()) ?? []
  const asked = requests.find(({ method, path }) => method === 'DELETE' && path.includes(server.id))
  if (asked === undefined) throw new Error(`nobody asked for the deletion of ${server.name}`)
  return {
    submitted,
    created: server.createdAt,
    joined,
    firstStart: Math.min(...moments.map(([start]) => start)),
    lastEnd: Math.max(...moments.map(([, end]) => end)),
    deletionAsked: asked.at,
    gone: ended,
    events: await historyLength(client, server.name),
  }
}

const serversOf = async (site: Site) => (await site.clouds['arbutus']?.admin.servers()) ?? []

const inPool = async (site: Site, vm: string): Promise<boolean> =>
  (await site.pool.tool('condor_status', ['-constraint', `VMName == "${vm}"`, '-af', 'VMName'])).includes(vm)

const Moments = z.tuple([z.coerce.number(), z.coerce.number()])

const momentsOf = (file: string): [start: number, end: number] =>
  Moments.parse(readFileSync(file, 'utf8').trim().split('\n'))
