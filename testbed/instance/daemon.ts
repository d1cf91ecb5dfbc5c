import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '#domain/problem.ts'
import { MARK } from './clean-up.ts'
import type { Instance } from './instance.ts'
import { isRunning, type ProcessRef, processRow } from './process-table.ts'
import { endProcesses } from './removal.ts'

export interface DaemonOptions {
  /** For messages and the ledger: `temporal`. */
  name: string
  argv: readonly [string, ...string[]]
  /** Its whole environment, apart from the instance's mark. Default: this process's. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
  /** Standard output and error are appended here. */
  logFile: string
  /** Name of the network namespace to run in. */
  netns?: string
  /** Account to run as; needs root. Groups are that account's own. */
  account?: { uid: number; gid: number; name: string }
  /** Tells whether it is of use yet; asked every 50 ms. Without it the daemon counts as ready at once. */
  ready?: () => Promise<boolean>
  /** How long it may take to be ready, ms. Default 30,000. */
  readyTimeoutMs?: number
}

export interface Daemon {
  readonly name: string
  readonly process: ProcessRef
  readonly logFile: string
  isRunning(): boolean
  /** Asks it to end (SIGTERM by default), then kills it and all below it after `graceMs` (5,000). */
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<void>
  /** SIGKILL, at once, of it and all below it. */
  kill(): Promise<void>
}

/** The last lines of a log, for a message. */
export function tail(path: string, lines = 12): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines) : []
}

/** The command that runs `argv` in a namespace and as an account; all three tools exec, so the pid stays the daemon's. */
export function commandLine({ argv, netns, account }: Pick<DaemonOptions, 'argv' | 'netns' | 'account'>): string[] {
  const enter = netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`]
  const become =
    account === undefined
      ? []
      : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--no-new-privs']
  return [...enter, ...become, ...argv]
}

/**
 * Starts a process that outlives its starter, in a session of its own, and waits until it is ready. It is in the ledger
 * before it runs.
 * @throws {@link Problem} `DaemonFailed` with the end of its log if it ends or is not ready in time; it is gone then.
 */
export async function spawnDaemon(instance: Instance, options: DaemonOptions): Promise<Daemon> {
  const [file = '', ...args] = commandLine(options)
  const log = openSync(options.logFile, 'a', 0o644)
  const key = instance.ledger.intend({ kind: 'process', name: options.name })
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...(options.env ?? process.env), [MARK]: instance.id },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    await once(child, 'spawn')
  } catch (error) {
    instance.ledger.removed(key)
    throw new Problem(
      { code: 'DaemonFailed', kind: 'failure', message: `${options.name} could not be started: ${String(error)}` },
      { cause: error },
    )
  } finally {
    closeSync(log)
  }
  const pid = child.pid ?? -1
  // A child that has ended already is a zombie until Node reaps it, so the row is nearly always there.
  const ref: ProcessRef = { pid, start: processRow(pid)?.start ?? 'gone' }
  instance.ledger.made(key, ref)
  child.unref()
  const daemon = handle(instance, options, key, ref)
  await untilReady(daemon, options)
  return daemon
}

function handle(instance: Instance, options: DaemonOptions, key: string, ref: ProcessRef): Daemon {
  const kill = async (): Promise<void> => {
    const left = await endProcesses(() => [ref])
    if (left.length > 0) throw new Error(`${options.name} (process ${ref.pid}) does not end`)
    // The whole instance may have gone meanwhile, with its ledger.
    if (existsSync(instance.ledger.path)) instance.ledger.removed(key)
  }
  return {
    name: options.name,
    process: ref,
    logFile: options.logFile,
    isRunning: () => isRunning(ref),
    kill,
    stop: async ({ signal = 'SIGTERM', graceMs = 5_000 } = {}) => {
      if (isRunning(ref)) process.kill(ref.pid, signal)
      for (const deadline = Date.now() + graceMs; isRunning(ref) && Date.now() < deadline;) await sleep(20)
      await kill()
    },
  }
}

async function untilReady(
  daemon: Daemon,
  { ready, readyTimeoutMs = 30_000, name, logFile }: DaemonOptions,
): Promise<void> {
  if (ready === undefined) return
  const deadline = Date.now() + readyTimeoutMs
  while (!(await ready())) {
    const ended = !daemon.isRunning()
    if (ended || Date.now() > deadline) {
      await daemon.kill()
      throw new Problem({
        code: 'DaemonFailed',
        kind: 'failure',
        message: ended ? `${name} ended before it was ready` : `${name} was not ready within ${readyTimeoutMs} ms`,
        where: logFile,
        details: tail(logFile),
      })
    }
    await sleep(50)
  }
}
