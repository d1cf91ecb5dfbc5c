import type { Account } from './account.ts'
import { CondorError } from './condor-error.ts'
import { evaluateAds } from './evaluate-ads.ts'
import { literalOf, readAds, type AdText } from './long-ad.ts'
import { submitFault } from './submit-fault.ts'
import { streamTool, type CallOptions, type CondorTools } from './tools.ts'

export interface DryRunInput extends CallOptions {
  as: Account | 'self'
  /** The submit file. */
  file: string
  /** Where it is submitted; relative paths in it begin here. */
  directory: string
}

/** Jobs that are alike in what matters for where they may run. */
export interface DryRunJob {
  /** Number of the cluster within this file, from 1. */
  cluster: number
  /** The first such job of the cluster. */
  proc: number
  jobs: number
  /** Attribute → text of its expression, complete. */
  ad: AdText
  cpus?: number
  memoryMb?: number
  diskKb?: number
  /** Path of the executable. */
  executable?: string
  requirements?: string
  x509userproxy?: string
}

export interface DryRun {
  /** How many jobs the file queues; 0 is possible, and then it cannot be submitted. */
  jobs: number
  clusters: { cluster: number; jobs: number; factory: boolean }[]
  /** One for each combination of {@link telling} attributes; the first {@link mostKinds} of them. */
  kinds: DryRunJob[]
  /** There are more combinations than `kinds` shows. */
  more: boolean
  /** Some cluster is a job factory: it must not be submitted on hold, but paused. */
  factory: boolean
}

/** What makes two jobs different kinds. */
const telling = [
  'CanfarSubmission',
  'VMType',
  'VMAMI',
  'VMInstanceType',
  'VMKeepAlive',
  'TargetClouds',
  'Requirements',
  'JobUniverse',
  'Cmd',
  'TransferExecutable',
  'x509userproxy',
  'RequestCpus',
  'RequestMemory',
  'RequestDisk',
]
export const mostKinds = 1000

/**
 * What `condor_submit` would make of a file, without submitting it; it works while the schedd is away.
 * @throws CondorError `invalid` with the line or the attribute at fault; `not-found` if the file is not there
 */
export async function dryRun(tools: CondorTools, { as, file, directory, signal }: DryRunInput): Promise<DryRun> {
  const kinds = new Map<string, DryRunJob>()
  const clusters = new Map<number, { cluster: number; jobs: number; factory: boolean }>()
  let more = false
  let base: AdText = {}
  let current = 0
  try {
    const lines = streamTool(tools, 'condor_submit', ['-dry-run', '-', file], { as, cwd: directory, signal })
    for await (const part of readAds(counting(lines, clusters))) {
      // the first job of a cluster comes in full, the others with what differs
      if (part['ClusterId'] !== undefined) {
        base = part
        current = Number(part['ClusterId'])
      }
      const ad = { ...base, ...part }
      const key = JSON.stringify([current, ...telling.map((name) => ad[name])])
      const known = kinds.get(key)
      if (known !== undefined) known.jobs++
      else if (kinds.size >= mostKinds) more = true
      else kinds.set(key, { cluster: current, proc: Number(ad['ProcId'] ?? 0), jobs: 1, ad })
    }
  } catch (error) {
    throw asInvalid(error)
  }
  const counts = [...clusters.values()]
  for (const kind of kinds.values()) {
    const cluster = clusters.get(kind.cluster)
    if (cluster === undefined || kind.ad['ProcId'] !== undefined) continue
    // condor_submit shows no job of a factory, only what they share
    cluster.factory = true
    kind.jobs = cluster.jobs
  }
  return {
    jobs: counts.reduce((sum, { jobs }) => sum + jobs, 0),
    clusters: counts,
    kinds: await withNumbers(tools, [...kinds.values()], signal),
    more,
    factory: counts.some(({ factory }) => factory),
  }
}

/** Takes `3 job(s) dry-run to cluster 1.` out of the lines. */
async function* counting(
  lines: AsyncIterable<string>,
  clusters: Map<number, { cluster: number; jobs: number; factory: boolean }>,
) {
  for await (const line of lines) {
    const summary = /^(\d+) job\(s\) dry-run to cluster (\d+)\.$/.exec(line)
    // jobs are set apart by a dot each
    if (summary === null) yield line === '.' ? '' : line
    else clusters.set(Number(summary[2]), { cluster: Number(summary[2]), jobs: Number(summary[1]), factory: false })
  }
}

async function withNumbers(
  tools: CondorTools,
  kinds: DryRunJob[],
  signal: AbortSignal | undefined,
): Promise<DryRunJob[]> {
  const names = ['RequestCpus', 'RequestMemory', 'RequestDisk']
  const values = await evaluateAds(
    tools,
    kinds.map(({ ad }) => ad),
    names,
    { signal },
  )
  return kinds.map((kind, index) => {
    const [cpus, memoryMb, diskKb] = values[index] ?? []
    const executable = literalOf(kind.ad['Cmd'])
    const proxy = literalOf(kind.ad['x509userproxy'])
    const requirements = kind.ad['Requirements']
    return {
      ...kind,
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryMb === undefined ? {} : { memoryMb }),
      ...(diskKb === undefined ? {} : { diskKb }),
      ...(typeof executable === 'string' ? { executable } : {}),
      ...(requirements === undefined ? {} : { requirements }),
      ...(typeof proxy === 'string' ? { x509userproxy: proxy } : {}),
    }
  })
}

function asInvalid(error: unknown): unknown {
  if (!(error instanceof CondorError) || ['timeout', 'missing-tool', 'denied'].includes(error.code)) return error
  const submit = submitFault(error.stderr)
  if (submit === undefined) return error
  const { tool, exitCode, stderr } = error
  const code = /Failed to open command file/.test(stderr) ? 'not-found' : 'invalid'
  return new CondorError({ tool, code, message: submit.message, exitCode, stderr, submit })
}
