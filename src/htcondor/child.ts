import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

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

/**
 * Starts a program. Node's own means are enough for HTCondor's tools, and every command of the CLI waits for what is loaded
 * for them.
 */
export function startChild(file: string, args: readonly string[], options: ChildOptions): Child {
  const { cwd, env, input, timeoutMs, signal } = options
  const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  let stderr = ''
  let timedOut = false
  let isCanceled = false
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), kill()), timeoutMs)
  const cancel = (): void => {
    isCanceled = true
    kill()
  }
  const ended = new Promise<Ended>((resolve) => {
    const end = (how: Partial<Ended>): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      resolve({ stderr: stderr.replace(/\r?\n$/, ''), timedOut, isCanceled, ...how })
    }
    child.once('error', (error: NodeJS.ErrnoException) => end(error.code === undefined ? {} : { code: error.code }))
    child.once('close', (exitCode, by) =>
      end({ ...(exitCode === null ? {} : { exitCode }), ...(by === null ? {} : { signal: by }) }),
    )
  })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // it may end without reading what it is given
  child.stdin.on('error', () => {}).end(input ?? '')
  if (signal?.aborted === true) cancel()
  else signal?.addEventListener('abort', cancel, { once: true })
  return { stdout: child.stdout, ended, kill }
}

/** Runs a program to its end. Never rejects. */
export async function runChild(
  file: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Ended & { stdout: string }> {
  const child = startChild(file, args, options)
  let stdout = ''
  child.stdout.on('data', (text: string) => (stdout += text))
  return { ...(await child.ended), stdout }
}
