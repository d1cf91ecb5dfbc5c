import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Pool } from '#testbed/condor/pool.ts'
import type { JobBook, Run } from './books.ts'

const Ad = z.object({
  ClusterId: z.int(),
  ProcId: z.int(),
  JobStatus: z.int(),
  ExitCode: z.int().nullish(),
  NumJobStarts: z.int().nullish(),
  CanfarSubmission: z.string().nullish(),
  ChaosFile: z.string().nullish(),
})

const wanted = ['-json', '-attributes', Object.keys(Ad.shape).join(',')]

/** Every job that there ever was. The queue is read first: what leaves it in between is then seen twice, not never. */
export async function readJobs(pool: Pool): Promise<JobBook[]> {
  const queue = await ask(pool, 'condor_q', ['-allusers', ...wanted], false)
  const history = await ask(pool, 'condor_history', wanted, true)
  // a schedd that was killed may write a job into its history twice
  const left = new Map(history.map((job) => [job.id, job]))
  return [...queue.filter(({ id }) => !left.has(id)), ...left.values()]
}

async function ask(pool: Pool, tool: string, args: string[], left: boolean): Promise<JobBook[]> {
  const text = (await pool.tool(tool, args)).trim()
  const ads = text === '' ? [] : z.array(Ad).parse(JSON.parse(text))
  return ads.map((ad) => ({
    id: `${ad.ClusterId}.${ad.ProcId}`,
    submission: ad.CanfarSubmission ?? '',
    file: ad.ChaosFile ?? '',
    left,
    status: ad.JobStatus,
    exitCode: ad.ExitCode ?? undefined,
    starts: ad.NumJobStarts ?? 0,
  }))
}

/** The jobs' own notes: `<job> began|ended <ms> <vm>`, a line each. */
export function readRuns(file: string): Run[] {
  const runs: Run[] = []
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const [job = '', word, at, vm = ''] = line.split(' ')
    if (word === 'began') runs.push({ job, vm, began: Number(at), ended: undefined })
    const open = runs.findLast((run) => run.job === job && run.vm === vm && run.ended === undefined)
    if (word === 'ended' && open !== undefined) open.ended = Number(at)
  }
  return runs
}
