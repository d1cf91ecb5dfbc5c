import { join } from 'node:path'
import type { Account } from './account.ts'
import { runChild, startChild, type ChildOptions, type Ended } from './child.ts'
import { admitsFailure, asCondorError } from './classify.ts'
import { CondorError } from './condor-error.ts'
import { plainEnvironment } from './environment.ts'
import { commandAs } from './run-as.ts'

/** Where the site's HTCondor tools are and how they are run. */
export interface CondorTools {
  /** CONDOR_CONFIG; HTCondor's own search if absent. */
  configFile?: string | undefined
  /** Of condor_q, condor_submit …; PATH if absent. */
  binDir?: string | undefined
  /** Of administrators' tools; PATH if absent. */
  sbinDir?: string | undefined
  /** How long a tool may take; 60 s if absent. A daemon that hangs costs 20 s by HTCondor's own limit. */
  timeoutMs?: number | undefined
  /** Further environment of the tools. */
  env?: Readonly<Record<string, string>> | undefined
}

/** What every call takes. */
export interface CallOptions {
  signal?: AbortSignal | undefined
}

export interface ToolOptions extends CallOptions {
  /** Whose rights the tool has; this process's own if absent. */
  as?: Account | 'self' | undefined
  cwd?: string
  input?: string
  timeoutMs?: number
  /** Output that is an answer whatever the exit code: `condor_rm` calls it a failure to find nothing, sometimes. */
  answer?: RegExp
}

const defaultTimeoutMs = 60_000
/** Tools that packages put beside the daemons. */
const administrative = new Set(['condor_advertise', 'condor_reconfig'])

/** The environment that makes the tools find this pool; also for tools that somebody else runs. */
export function toolEnvironment(
  { configFile, binDir, sbinDir, env }: CondorTools,
  account: Account | 'self' = 'self',
): Record<string, string> {
  const plain = plainEnvironment(account)
  const path = [binDir, sbinDir, env?.['PATH'], plain['PATH']]
    .filter((part) => part !== undefined && part !== '')
    .join(':')
  return { ...plain, ...(configFile === undefined ? {} : { CONDOR_CONFIG: configFile }), ...env, PATH: path }
}

function command(
  tools: CondorTools,
  tool: string,
  args: readonly string[],
  { as, cwd }: ToolOptions,
): [string, string[]] {
  const folder = administrative.has(tool) ? tools.sbinDir : tools.binDir
  const path = folder === undefined ? tool : join(folder, tool)
  if (as === undefined) return [path, [...args]]
  const [file = '', ...rest] = commandAs(as, [path, ...args], cwd ?? (as === 'self' ? '/' : as.home), 0o022)
  return [file, rest]
}

function execution(tools: CondorTools, { as, input, signal, timeoutMs }: ToolOptions): ChildOptions {
  return {
    cwd: '/',
    env: toolEnvironment(tools, as ?? 'self'),
    timeoutMs: timeoutMs ?? tools.timeoutMs ?? defaultTimeoutMs,
    input,
    signal,
  }
}

function check(tool: string, result: Ended, signal: AbortSignal | undefined): string {
  if (result.isCanceled) throw signal?.reason
  const { exitCode } = result
  const stderr = withoutFinalNewline(result.stderr)
  if (result.timedOut) throw new CondorError({ tool, code: 'timeout', message: 'no answer in time', stderr })
  if (result.code === 'ENOENT' || exitCode === 127)
    throw new CondorError({ tool, code: 'missing-tool', message: 'not found', stderr })
  if (result.signal !== undefined)
    throw new CondorError({ tool, code: 'failed', message: `ended by ${result.signal}`, stderr })
  if (exitCode !== 0 || admitsFailure(stderr)) throw asCondorError(tool, exitCode, stderr)
  return stderr
}

/** Runs a tool to its end. @throws CondorError for every exit code but 0, and for 0 with a failure in its last words */
export async function runTool(
  tools: CondorTools,
  tool: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  options.signal?.throwIfAborted()
  const result = await runChild(...command(tools, tool, args, options), execution(tools, options))
  const stdout = withoutFinalNewline(result.stdout)
  if (options.answer?.test(stdout) === true) return { stdout, stderr: withoutFinalNewline(result.stderr) }
  return { stderr: check(tool, result, options.signal), stdout }
}

/**
 * The lines of a tool's output as they come, so that a large queue is never in memory as a whole. Only when the last line
 * has come is it known whether the tool succeeded: what was made of earlier lines is void if this throws.
 */
export async function* streamTool(
  tools: CondorTools,
  tool: string,
  args: readonly string[],
  options: ToolOptions = {},
): AsyncGenerator<string, void, undefined> {
  options.signal?.throwIfAborted()
  const running = await startChild(...command(tools, tool, args, options), execution(tools, options))
  try {
    let rest = ''
    for await (const chunk of running.stdout) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
    check(tool, await running.ended, options.signal)
  } finally {
    // a consumer that left early wants no more of it
    running.kill()
  }
}

const withoutFinalNewline = (text: string): string => text.replace(/\r?\n$/, '')
