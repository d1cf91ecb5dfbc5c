import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** A job, and the schedd that has it: the part of its `GlobalJobId` before the first `#`. */
export interface ShadowedJob {
  id: string
  schedd: string
}

/**
 * Kills the shadows of jobs whose machine is gone for good. A shadow that has lost its starter looks for it until the job's
 * lease is over, whatever the schedd tells it (hold, vacate, fast vacate; HTCondor 23.9): as long, the job is matched to
 * nothing else. The job should be on hold, or the schedd starts the next shadow for the same lost machine.
 *
 * A shadow is known by the job in its command line. One that goes from job to job (SHADOW_WORKLIFE other than 0) keeps that of
 * its first one, which has left the queue: it is not found, and never taken for another's.
 *
 * Shadows of this host only, and only those that this account may end: as root all of them.
 * @returns how many were killed
 */
export async function killShadows(
  tools: CondorTools,
  jobs: readonly ShadowedJob[],
  options: CallOptions = {},
): Promise<number> {
  const addresses = new Map<string, string>()
  for await (const [name, address] of queryRows(tools, 'condor_status', ['-schedd'], ['Name', 'MyAddress'], options)) {
    if (name !== undefined && address !== undefined) addresses.set(name, address)
  }
  const wanted = new Set(jobs.map(({ id, schedd }) => `${id} ${addresses.get(schedd)}`))
  let killed = 0
  for (const { pid, id, schedd } of await shadows()) if (wanted.has(`${id} ${schedd}`) && kill(pid)) killed++
  return killed
}

/** `condor_shadow <cluster>.<proc> --schedd=<address> …` */
async function shadows(): Promise<{ pid: number; id: string; schedd: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      if (basename(program) !== 'condor_shadow') return []
      const id = args.find((arg) => /^\d+\.\d+$/.test(arg))
      const schedd = args.find((arg) => arg.startsWith('--schedd='))?.slice('--schedd='.length)
      return id === undefined || schedd === undefined ? [] : [{ pid: Number(pid), id, schedd }]
    }),
  )
  return found.flat()
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended meanwhile, or is another account's
    return false
  }
}
