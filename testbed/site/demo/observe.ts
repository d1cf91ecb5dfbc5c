import { z } from 'zod'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import type { Pool } from '#testbed/condor/pool.ts'
import type { Site } from '../site.ts'

// An attribute that was undefined anew is null.
const Ad = z.object({
  ClusterId: z.int(),
  ProcId: z.int(),
  JobStatus: z.int(),
  ExitCode: z.int().nullish(),
  ExitBySignal: z.boolean().nullish(),
  LastRemoteHost: z.string().nullish(),
  HoldReason: z.string().nullish(),
})

/** A job as the schedd has it, in the queue or in its history. */
export interface SeenJob {
  id: string
  /** 1 idle, 2 running, 3 removed, 4 completed, 5 held, 6 transferring output. */
  status: number
  /** Absent while it has not ended by itself. */
  exitCode?: number
  /** `slot1_1@<VM>.<domain>` */
  host?: string
  holdReason?: string
}

/** What is so, whatever the product says: the schedd's queue and history, the clouds' own books, the hypervisors. */
export interface Observation {
  queue: SeenJob[]
  history: SeenJob[]
  clouds: { name: string; servers: ServerRecord[]; orphanPorts: number }[]
  /** Names of guests of which anything is left. */
  guests: string[]
}

const WANTED = ['-json', '-attributes', Object.keys(Ad.shape).join(',')]

export async function observe(site: Site): Promise<Observation> {
  // The queue first: a job that leaves it in between is then seen twice, which is told apart, and not never.
  const queue = await jobs(site.pool, 'condor_q', ['-allusers', ...WANTED])
  const history = await jobs(site.pool, 'condor_history', WANTED)
  const ended = new Set(history.map((job) => job.id))
  const clouds = await Promise.all(
    Object.values(site.clouds).map(async ({ name, admin }) => {
      const [servers, { ports }] = await Promise.all([admin.servers(), admin.inventory()])
      return { name, servers, orphanPorts: ports.filter((port) => port.orphan).length }
    }),
  )
  return {
    queue: queue.filter((job) => !ended.has(job.id)),
    history,
    clouds,
    guests: site.runner.guests().map((guest) => guest.name),
  }
}

async function jobs(pool: Pool, tool: string, args: readonly string[]): Promise<SeenJob[]> {
  const text = (await pool.tool(tool, args)).trim()
  if (text === '') return []
  return z.array(Ad).parse(JSON.parse(text)).map(toJob)
}

function toJob({
  ClusterId,
  ProcId,
  JobStatus,
  ExitCode,
  ExitBySignal,
  LastRemoteHost,
  HoldReason,
}: z.infer<typeof Ad>): SeenJob {
  return {
    id: `${ClusterId}.${ProcId}`,
    status: JobStatus,
    ...(ExitCode != null && ExitBySignal !== true && { exitCode: ExitCode }),
    ...(LastRemoteHost != null && { host: LastRemoteHost }),
    ...(JobStatus === 5 && HoldReason != null && { holdReason: HoldReason }),
  }
}

const STATUS = new Map([
  [1, 'idle'],
  [2, 'running'],
  [3, 'removed'],
  [4, 'completed'],
  [5, 'held'],
  [6, 'transferring'],
  [7, 'suspended'],
])

/** One line that changes only when something happened. */
export function summary({ queue, history, clouds, guests }: Observation): string {
  const all = [...queue, ...history].map(({ status }) => STATUS.get(status) ?? `status ${status}`)
  const vms = clouds.flatMap(({ name, servers }) => {
    const present = servers.filter((server) => server.deletedAt === null).map((server) => server.status)
    return present.length === 0 ? [] : [`${name} ${tally(present)}`]
  })
  const reason = queue.find((job) => job.holdReason !== undefined && !/on hold at (the )?user/i.test(job.holdReason))
  return [
    all.length === 0 ? 'no jobs' : `jobs: ${tally(all)}`,
    `VMs: ${vms.length === 0 ? 'none' : vms.join('; ')}`,
    ...(guests.length === 0 ? [] : [`guests: ${guests.length}`]),
    ...(reason?.holdReason === undefined ? [] : [`held: ${reason.holdReason}`]),
  ].join('  |  ')
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ')
}
