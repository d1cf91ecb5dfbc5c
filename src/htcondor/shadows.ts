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
 * @returns the jobs that have a shadow still; `undefined` where that cannot be seen, because their schedd is on another host
 */
export async function killShadows(
  tools: CondorTools,
  jobs: readonly ShadowedJob[],
  options: CallOptions = {},
): Promise<Set<string> | undefined> {
  const addresses = new Map<string, string>()
  for await (const [name, address] of queryRows(tools, 'condor_status', ['-schedd'], ['Name', 'MyAddress'], options)) {
    if (name !== undefined && address !== undefined) addresses.set(name, address)
  }
  const wanted = new Map(jobs.map(({ id, schedd }) => [id, addresses.get(schedd) ?? '']))
  const advertised = new Set(addresses.values())
  const processes = await condorProcesses()
  const shadowed = new Set<string>()
  for (const { pid, id, schedd } of shadowsAmong(processes)) {
    const own = wanted.get(id)
    const earlier = !advertised.has(schedd) && own !== undefined && portOf(schedd) === portOf(own)
    if (schedd !== own && !earlier) continue
    shadowed.add(id)
    kill(pid)
  }
  return processes.some(({ program }) => program === 'condor_schedd') ? shadowed : undefined
}

/**
 * `<ip:port` of `<ip:port?…&sock=schedd_…>`. A schedd that has started again has another socket behind the same shared port; the
 * shadows that it had before may live on, and with them the claims of their jobs.
 */
const portOf = (address: string): string => address.slice(0, `${address}?`.indexOf('?'))

interface CondorProcess {
  pid: number
  program: string
  args: string[]
}

async function condorProcesses(): Promise<CondorProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid): Promise<CondorProcess> => {
      const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      return { pid: Number(pid), program: basename(program), args }
    }),
  )
  return found.filter(({ program }) => program.startsWith('condor_'))
}

/** `condor_shadow <cluster>.<proc> --schedd=<address> …` */
function shadowsAmong(processes: readonly CondorProcess[]): { pid: number; id: string; schedd: string }[] {
  return processes.flatMap(({ pid, program, args }) => {
    const id = args.find((arg) => /^\d+\.\d+$/.test(arg))
    const schedd = args.find((arg) => arg.startsWith('--schedd='))?.slice('--schedd='.length)
    return program !== 'condor_shadow' || id === undefined || schedd === undefined ? [] : [{ pid, id, schedd }]
  })
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended meanwhile, or is another account's
    return false
  }
}
