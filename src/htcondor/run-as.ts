import type { Account } from './account.ts'
import { runChild } from './child.ts'
import { CondorError } from './condor-error.ts'
import { plainEnvironment } from './environment.ts'

export interface RunAsOptions {
  /** Entered with the account's rights, so a closed home is no obstacle. Its home if absent. */
  cwd?: string
  input?: string
  /** 0o077 if absent. */
  umask?: number
  /** Added to a clean environment of HOME, USER, LOGNAME, PATH and LC_ALL. */
  env?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
  timeoutMs?: number
}

export interface Finished {
  exitCode: number | undefined
  stdout: string
  stderr: string
  timedOut: boolean
}

/** Exit code of our own for a directory that the account cannot enter. */
const noEntry = 119

/**
 * The shell is given this text and nothing else; what it works on are its arguments. It is there because umask and working
 * directory have to be set after the change of account.
 */
const entrance = `umask "$1" && cd "$2" || exit ${noEntry}; shift 2; exec "$@"`

/** The command line that runs `argv` with the account's rights, and ends it if this process dies. */
export function commandAs(account: Account | 'self', argv: readonly string[], cwd: string, umask = 0o077): string[] {
  const inner = ['/bin/sh', '-c', entrance, 'sh', umask.toString(8).padStart(3, '0'), cwd, ...argv]
  const isOwn = account === 'self' || account.uid === process.getuid?.()
  if (!isOwn && process.getuid?.() !== 0) {
    throw new CondorError({ tool: 'setpriv', code: 'denied', message: `only root can act as ${account.user}` })
  }
  const change = isOwn ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups']
  return ['setpriv', ...change, '--no-new-privs', '--pdeathsig', 'KILL', '--', ...inner]
}

/**
 * Runs a command to its end with the rights of an account. Its exit code is the caller's to judge.
 * @param account `self`, or as root any account
 * @throws CondorError `denied` without the right to be that account, or if it cannot enter the directory; `missing-tool`
 */
export async function runAs(
  account: Account | 'self',
  argv: readonly [string, ...string[]],
  options: RunAsOptions = {},
): Promise<Finished> {
  const { signal, timeoutMs, input } = options
  signal?.throwIfAborted()
  const cwd = options.cwd ?? (account === 'self' ? process.cwd() : account.home)
  const [file = '', ...args] = commandAs(account, argv, cwd, options.umask)
  const env = { ...plainEnvironment(account), ...options.env }
  const result = await runChild(file, args, { cwd: '/', env, input, signal, timeoutMs })
  if (result.isCanceled) throw signal?.reason
  const [tool] = argv
  if (result.code === 'ENOENT') throw new CondorError({ tool: 'setpriv', code: 'missing-tool', message: 'not found' })
  const { exitCode, stdout, stderr, timedOut } = result
  if (exitCode === 127 && /not found/.test(stderr))
    throw new CondorError({ tool, code: 'missing-tool', message: 'not found' })
  if (exitCode === noEntry) {
    const who = account === 'self' ? 'this process' : account.user
    throw new CondorError({
      tool,
      code: 'denied',
      message: `${who} cannot enter the directory ${cwd}`,
      exitCode,
      stderr,
    })
  }
  return { exitCode, stdout, stderr, timedOut }
}
