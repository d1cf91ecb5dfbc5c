import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { Environment } from './environment.ts'
import type { SiteOptions } from './options.ts'
import type { Program } from './program.ts'

/** The product's worker process, as a service manager would run it. */
export interface WorkerProcess {
  readonly logFile: string
  /** Absent before its first start. */
  daemon(): Daemon | undefined
  /** Returns when it polls. */
  start(): Promise<void>
  /** SIGTERM, and SIGKILL after `graceMs` (default 40,000: it lets activities end for 30 s). */
  stop(graceMs?: number): Promise<void>
  /** SIGKILL of it and of the tools that it runs. */
  kill(): Promise<void>
}

/** Its log says so once it polls. */
const READY = '"worker process ready"'

export function workerProcess(
  instance: Instance,
  program: Program,
  site: Environment,
  configFile: string,
  { scratchFolder, clock, workerEnvironment }: Pick<SiteOptions, 'scratchFolder' | 'clock' | 'workerEnvironment'> = {},
): WorkerProcess {
  const logFile = join(scratchFolder ?? instance.folder, 'worker-process.log')
  const argv = [program.command, 'worker', '--config', configFile] as const
  let daemon: Daemon | undefined
  return {
    logFile,
    daemon: () => daemon,
    start: async () => {
      if (daemon?.isRunning() === true) return
      // Not what an earlier one said.
      const from = existsSync(logFile) ? statSync(logFile).size : 0
      daemon = await spawnDaemon(instance, {
        name: 'worker process',
        argv: clock === undefined ? argv : clock.command(argv),
        env: {
          ...ownHome(),
          PATH: site['PATH'],
          CANFAR_NODE: site['CANFAR_NODE'],
          LANG: 'C.UTF-8',
          ...(scratchFolder !== undefined && { TMPDIR: scratchFolder }),
          ...workerEnvironment,
        },
        cwd: '/',
        logFile,
        readyTimeoutMs: 60_000,
        ready: async () => existsSync(logFile) && readFileSync(logFile).subarray(from).includes(READY),
      })
    },
    stop: async (graceMs = 40_000) => daemon?.stop({ graceMs }),
    kill: async () => daemon?.kill(),
  }
}

/** The workflows' bundle and the compile cache are kept in the caller's cache, whoever they are. */
const ownHome = (): Record<string, string | undefined> => ({
  HOME: process.env['HOME'],
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
})
