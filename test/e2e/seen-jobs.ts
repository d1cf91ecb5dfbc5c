import { z } from 'zod'
import type { Pool } from '#testbed/condor/pool.ts'

/** A job as the schedd has it, in its queue or its history. */
export interface SeenJob {
  id: string
  submission: string
  /** What the test wrote into its submit file as `+TestFile`. */
  file: string
  left: boolean
  /** 1 idle, 2 running, 3 removed, 4 completed, 5 held. */
  status: number
  exitCode: number | undefined
  starts: number
  /** Name of the VM on which it is or was. */
  vm: string | undefined
}

const Ad = z.object({
  ClusterId: z.int(),
  ProcId: z.int(),
  JobStatus: z.int(),
  ExitCode: z.int().nullish(),
  NumJobStarts: z.int().nullish(),
  RemoteHost: z.string().nullish(),
  LastRemoteHost: z.string().nullish(),
  CanfarSubmission: z.string().nullish(),
  TestFile: z.string().nullish(),
})

const wanted = ['-json', '-attributes', Object.keys(Ad.shape).join(',')]

/** Every job that there ever was. The queue is read first: what leaves it in between is then seen twice, not never. */
export async function jobsOf(pool: Pool): Promise<SeenJob[]> {
  const queue = await ask(pool, 'condor_q', ['-allusers', ...wanted], false)
  const history = await ask(pool, 'condor_history', wanted, true)
  // a schedd that was killed may write a job into its history twice
  const left = new Map(history.map((job) => [job.id, job]))
  return [...queue.filter(({ id }) => !left.has(id)), ...left.values()]
}

async function ask(pool: Pool, tool: string, args: string[], left: boolean): Promise<SeenJob[]> {
  const text = (await pool.tool(tool, args)).trim()
  return text === ''
    ? []
    : z
        .array(Ad)
        .parse(JSON.parse(text))
        .map((ad) => asJob(ad, left))
}

function asJob(ad: z.infer<typeof Ad>, left: boolean): SeenJob {
  const host = ad.RemoteHost ?? ad.LastRemoteHost ?? undefined
  return {
    id: `${ad.ClusterId}.${ad.ProcId}`,
    submission: ad.CanfarSubmission ?? '',
    file: ad.TestFile ?? '',
    left,
    status: ad.JobStatus,
    exitCode: ad.ExitCode ?? undefined,
    starts: ad.NumJobStarts ?? 0,
    vm: host?.slice(host.indexOf('@') + 1).split('.')[0],
  }
}
