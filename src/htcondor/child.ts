import type { Readable } from 'node:stream'
import type { Options } from 'execa'

export interface ChildOptions {
  cwd: string
  /** Its whole environment. */
  env: Readonly<Record<string, string | undefined>>
  /** Its standard input is empty if absent. */
  input?: string | undefined
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** How a child process ended. */
export interface Ended {
  /** Absent if a signal ended it, or it never ran. */
  exitCode?: number
  stderr: string
  timedOut: boolean
  isCanceled: boolean
  /** Why it could not be started, e.g. `ENOENT`. */
  code?: string
  signal?: string
}

export interface Child {
  /** Text; to be read, or the child waits for somebody to do so. */
  stdout: Readable
  /** Settles when the child is gone and all that it said is read; never rejects. */
  ended: Promise<Ended>
  /** SIGKILL. */
  kill(): void
}

/** Loaded with the first child: a command of the CLI that starts none need not wait for it. */
const load = () => import('execa')

function settings({ cwd, env, input, timeoutMs, signal }: ChildOptions) {
  return {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    killSignal: 'SIGKILL',
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  } as const satisfies Options
}

interface Result {
  exitCode?: number | undefined
  stderr?: unknown
  timedOut: boolean
  isCanceled: boolean
  code?: string | undefined
  signal?: string | undefined
}

function endOf({ exitCode, stderr, timedOut, isCanceled, code, signal }: Result): Ended {
  return {
    stderr: typeof stderr === 'string' ? stderr : '',
    timedOut,
    isCanceled,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(code === undefined ? {} : { code }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Starts a program whose output is read as it comes. */
export async function startChild(file: string, args: readonly string[], options: ChildOptions): Promise<Child> {
  const { execa } = await load()
  const running = execa(file, args, { ...settings(options), buffer: { stdout: false, stderr: true } })
  running.stdout.setEncoding('utf8')
  return { stdout: running.stdout, ended: running.then(endOf), kill: () => void running.kill('SIGKILL') }
}

/** Runs a program to its end. Never rejects. */
export async function runChild(
  file: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Ended & { stdout: string }> {
  const { execa } = await load()
  const result = await execa(file, args, settings(options))
  return { ...endOf(result), stdout: typeof result.stdout === 'string' ? result.stdout : '' }
}
