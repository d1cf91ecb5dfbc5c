import { CondorError } from './condor-error.ts'
import { totals } from './totals.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

export interface Reachable {
  ok: boolean
  /** Why not. */
  error?: CondorError
}

/** What `doctor` says of the access point. */
export interface AccessPoint {
  /** `23.9.6`; absent without HTCondor's tools. */
  version?: string
  missingTools: string[]
  /** SHADOW_WORKLIFE, s: only with 0 a shadow's command line names the job that it has now. */
  shadowWorklife?: number
  schedd: Reachable
  collector: Reachable
}

const needed = [
  'condor_submit',
  'condor_q',
  'condor_history',
  'condor_status',
  'condor_drain',
  'condor_rm',
  'condor_hold',
  'condor_release',
  'condor_token_create',
]

/** Looks at the tools, the schedd and the collector; what is wrong is in the answer, nothing is thrown. */
export async function accessPoint(tools: CondorTools, options: CallOptions = {}): Promise<AccessPoint> {
  const [version, shadowWorklife, schedd, collector, ...present] = await Promise.all([
    versionOf(tools, options).catch(() => undefined),
    shadowWorklifeOf(tools, options).catch(() => undefined),
    reached(() => totals(tools, options)),
    reached(() => runTool(tools, 'condor_status', ['-collector', '-limit', '1', '-af', 'Name'], options)),
    ...needed.map((tool) => isThere(tools, tool, options)),
  ])
  return {
    ...(version === undefined ? {} : { version }),
    ...(shadowWorklife === undefined ? {} : { shadowWorklife }),
    missingTools: needed.filter((_, index) => present[index] === false),
    schedd,
    collector,
  }
}

async function versionOf(tools: CondorTools, options: CallOptions): Promise<string | undefined> {
  const { stdout } = await runTool(tools, 'condor_version', [], options)
  return /\$CondorVersion: (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
}

async function shadowWorklifeOf(tools: CondorTools, options: CallOptions): Promise<number | undefined> {
  const { stdout } = await runTool(tools, 'condor_config_val', ['SHADOW_WORKLIFE'], options)
  return /^\d+$/.test(stdout) ? Number(stdout) : undefined
}

async function reached(question: () => Promise<unknown>): Promise<Reachable> {
  try {
    await question()
    return { ok: true }
  } catch (error) {
    if (error instanceof CondorError) return { ok: false, error }
    throw error
  }
}

async function isThere(tools: CondorTools, tool: string, options: CallOptions): Promise<boolean> {
  try {
    await runTool(tools, tool, ['-help'], options)
    return true
  } catch (error) {
    // their help may come with exit code 1
    return !(error instanceof CondorError && error.code === 'missing-tool')
  }
}
