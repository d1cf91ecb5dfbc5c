import type { Api, JobState } from '#api/types.ts'
import { Problem } from '#domain/problem.ts'

/**
 * Reads a job's id: `12.3`, or `12` for a whole cluster.
 *
 * @throws Problem of kind `usage`
 */
export const parseJobId = (text: string): { cluster: number; proc: number | undefined } => {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null) {
    throw new Problem({
      code: 'JobIdInvalid',
      kind: 'usage',
      message: `'${text}' is no job id`,
      next: 'write cluster.proc, e.g. 12.0, as canfar-batch job list shows it',
    })
  }
  return { cluster: Number(match[1]), proc: match[2] === undefined ? undefined : Number(match[2]) }
}

/**
 * The one job that is meant. Of a cluster with several, the first in the state `prefer`, since its jobs wait for the same thing.
 *
 * @throws Problem `JobNotFound`, or of kind `usage` if several are meant
 */
export const theJob = async (api: Api, text: string, prefer?: JobState): Promise<string> => {
  const { cluster, proc } = parseJobId(text)
  if (proc !== undefined) return `${cluster}.${proc}`
  const jobs = await api.listJobs({ mine: false, cluster, all: true, limit: 1000 })
  const [first, ...others] = jobs
  if (first === undefined) {
    throw new Problem({
      code: 'JobNotFound',
      kind: 'not-found',
      message: `no job of cluster ${cluster}`,
      next: 'canfar-batch job list --all',
    })
  }
  const preferred = prefer === undefined ? undefined : jobs.find(({ state }) => state === prefer)
  if (preferred !== undefined) return preferred.id
  if (others.length === 0 || prefer !== undefined) return first.id
  throw new Problem({
    code: 'JobAmbiguous',
    kind: 'usage',
    message: `cluster ${cluster} has ${jobs.length} jobs`,
    details: [
      jobs
        .slice(0, 10)
        .map(({ id }) => id)
        .join(', ') + (jobs.length > 10 ? ' …' : ''),
    ],
    next: `write the one that you mean, e.g. ${first.id}`,
  })
}
