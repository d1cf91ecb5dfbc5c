import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { type Daemon, spawnDaemon } from '../instance/daemon.ts'
import { freePort } from '../instance/host-network.ts'
import type { Instance } from '../instance/instance.ts'
import { findTemporal, type FindTemporalOptions } from './find.ts'

export interface TemporalOptions extends FindTemporalOptions {
  /** Default: 127.0.0.1; with another address of 127/8 the dev server's own services don't find each other. */
  ip?: string
  /** Default: the instance's first port, or the next free one. */
  port?: number
  /** Default: the port after `port`, or the next free one. */
  uiPort?: number
  /** Default: `temporal.db` in the instance's folder. Histories live there and outlast the server. */
  dbFile?: string
  /** Further arguments of `temporal server start-dev`. */
  extraArgs?: readonly string[]
}

export interface TemporalServer {
  /** The CLI that it runs from. */
  cli: string
  /** `ip:port` for clients. */
  address: string
  /** The web UI. */
  uiUrl: string
  dbFile: string
  logFile: string
  daemon(): Daemon
  stop(): Promise<void>
  /** SIGKILL: what a crash of the server looks like. */
  kill(): Promise<void>
  /** Starts it again on the same file and ports, after {@link stop} or {@link kill}. */
  start(): Promise<void>
  /** Copies the database, which may be in use, as a site's nightly backup does. */
  backUp(file: string): Promise<void>
  /** Puts a copy in the database's place, between {@link stop} or {@link kill} and {@link start}: what was written since is forgotten. */
  restore(file: string): void
}

/** Arguments of the dev server; pure. */
export function serverArguments(o: {
  ip: string
  port: number
  uiPort: number
  dbFile: string
  extraArgs?: readonly string[]
}): string[] {
  const options: [string, string][] = [
    ['--ip', o.ip],
    ['--ui-ip', o.ip],
    ['--port', String(o.port)],
    ['--ui-port', String(o.uiPort)],
    ['--db-filename', o.dbFile],
    ['--log-level', 'warn'],
    // Two to three times the starts per second, and a killed server still loses nothing.
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=1'],
    // Timers otherwise fire up to a second late.
    ['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"'],
  ]
  return ['server', 'start-dev', ...options.flat(), ...(o.extraArgs ?? [])]
}

/** Starts a Temporal dev server with its web UI and waits until its namespace `default` and its histories answer. */
export async function startTemporal(instance: Instance, options: TemporalOptions = {}): Promise<TemporalServer> {
  const cli = await findTemporal(options)
  const ip = options.ip ?? '127.0.0.1'
  const port = options.port ?? (await freePort(ip, instance.network.port))
  const uiPort = options.uiPort ?? (await freePort(ip, port + 1))
  const dbFile = options.dbFile ?? join(instance.folder, 'temporal.db')
  const logFile = join(instance.folder, 'temporal.log')
  const address = `${ip}:${port}`
  const argv: [string, ...string[]] = [
    cli,
    ...serverArguments({
      ip,
      port,
      uiPort,
      dbFile,
      ...(options.extraArgs === undefined ? {} : { extraArgs: options.extraArgs }),
    }),
  ]
  const ready = async (): Promise<boolean> => {
    // Only the history service can say that there is no such workflow; it is the last one up.
    const args = [
      'workflow',
      'describe',
      '--namespace',
      'default',
      '--workflow-id',
      'no-such-workflow',
      '--address',
      address,
    ]
    const { stderr } = await execa(cli, args, { reject: false, timeout: 5_000, env: { TEMPORAL_ADDRESS: '' } })
    return stderr.includes('not found')
  }
  const begin = (): Promise<Daemon> => spawnDaemon(instance, { name: 'temporal', argv, logFile, ready })
  let daemon = await begin()
  return {
    cli,
    address,
    uiUrl: `http://${ip}:${uiPort}`,
    dbFile,
    logFile,
    daemon: () => daemon,
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    start: async () => {
      // The kernel may hold the killed server's port for a moment.
      for (let tries = 0; daemon.isRunning() && tries < 50; tries += 1) await sleep(20)
      daemon = await begin()
    },
    backUp: async (file) => {
      const database = new DatabaseSync(dbFile, { readOnly: true })
      try {
        await backup(database, file)
      } finally {
        database.close()
      }
    },
    restore: (file) => {
      if (daemon.isRunning()) throw new Error('the database of a server that runs cannot be replaced')
      // what was written since is there as well
      for (const part of ['-wal', '-shm']) rmSync(dbFile + part, { force: true })
      copyFileSync(file, dbFile)
    },
  }
}
