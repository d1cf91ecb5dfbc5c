import type { Observation } from './observe.ts'

/** Stars of one output: at their place in the catalogue, and put into the image. */
export interface OutputCheck {
  file: string
  starsFound: number
  starsPlaced: number
  /** Why it could not be compared. */
  problem?: string
}

export interface Times {
  /** All in ms since the epoch. */
  submitted: number
  done: number
}

/** What the demo ends with; `--json` writes exactly this. */
export interface DemoReport {
  jobs: { submitted: number; completed: number; failed: number }
  outputs: { file: string; starsFound: number; starsPlaced: number }[]
  vms: { booted: number; gone: number; left: number }
  clouds: { name: string; booted: number }[]
  seconds: { setup: number; submitToCreate: number; submitToDone: number; doneToGone: number }
}

export interface Audit {
  report: DemoReport
  /** What did not really happen; empty = all of it did. */
  findings: string[]
}

/** Judges a run by what schedd, clouds, hypervisors and files say. */
export function audit(
  { queue, history, clouds, guests }: Observation,
  outputs: readonly OutputCheck[],
  { submitted, done }: Times,
  setupSeconds: number,
  expectedJobs: number,
): Audit {
  const servers = clouds.flatMap((cloud) => cloud.servers)
  const completed = history.filter((job) => job.status === 4 && job.exitCode === 0)
  const present = servers.filter((server) => server.deletedAt === null)
  const absent = new Set(servers.filter((server) => server.deletedAt !== null).map((server) => server.name))
  const orphans = guests.filter((name) => absent.has(name) || !servers.some((server) => server.name === name))
  const booted = servers.filter((server) => server.activeAt !== null)
  const since = (from: number, to: number): number => Math.round(to - from) / 1000
  const report: DemoReport = {
    jobs: {
      submitted: queue.length + history.length,
      completed: completed.length,
      failed: history.length - completed.length,
    },
    outputs: outputs.map(({ file, starsFound, starsPlaced }) => ({ file, starsFound, starsPlaced })),
    vms: {
      booted: booted.length,
      gone: booted.filter((server) => server.deletedAt !== null).length,
      left: present.length + orphans.length,
    },
    clouds: clouds.map(({ name, servers: own }) => ({
      name,
      booted: own.filter((server) => server.activeAt !== null).length,
    })),
    seconds: {
      setup: Math.round(setupSeconds * 1000) / 1000,
      submitToCreate: since(submitted, Math.min(...servers.map((server) => server.createdAt))),
      submitToDone: since(submitted, done),
      doneToGone: since(done, Math.max(done, ...servers.map((server) => server.deletedAt ?? done))),
    },
  }
  const names = new Set(servers.map((server) => server.name))
  const hostOf = (host = ''): string => host.split('@').at(-1)?.split('.')[0] ?? ''
  const findings = [
    ...(report.jobs.submitted === expectedJobs
      ? []
      : [`${report.jobs.submitted} jobs were in the queue, not ${expectedJobs}`]),
    ...queue.map((job) => `job ${job.id} is still in the queue`),
    ...history
      .filter((job) => !completed.includes(job))
      .map((job) => `job ${job.id} ended with status ${job.status}, exit code ${job.exitCode ?? 'none'}`),
    ...completed
      .filter((job) => !names.has(hostOf(job.host)))
      .map((job) => `job ${job.id} ran on ${job.host ?? 'no host'}, which is no VM of a cloud`),
    ...outputs.flatMap(judge),
    ...(booted.length > 0 ? [] : ['no VM was ever active']),
    ...(names.size === servers.length ? [] : [`${servers.length} servers were made under ${names.size} names`]),
    ...present.map((server) => `server ${server.name} is still there, ${server.status}`),
    ...orphans.map((name) => `guest ${name} still runs although its server is gone`),
    ...clouds
      .filter((cloud) => cloud.orphanPorts > 0)
      .map((cloud) => `${cloud.orphanPorts} ports are left on ${cloud.name}`),
  ]
  return { report, findings }
}

function judge({ file, starsFound, starsPlaced, problem }: OutputCheck): string[] {
  if (problem !== undefined) return [`${file}: ${problem}`]
  return starsFound === starsPlaced ? [] : [`${file} has ${starsFound} of the ${starsPlaced} stars at their place`]
}
