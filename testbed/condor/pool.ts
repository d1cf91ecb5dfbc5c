import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import type { Progress } from '../cache/cache.ts'
import { makeBridge } from '../instance/bridge.ts'
import { type Daemon, spawnDaemon, tail } from '../instance/daemon.ts'
import { isRoot } from '../instance/folders.ts'
import { freePort } from '../instance/host-network.ts'
import type { Instance } from '../instance/instance.ts'
import { allProcesses, type ProcessRef } from '../instance/process-table.ts'
import { condorAccount } from './condor-account.ts'
import { central, FAST, HOST, installation, render, SECURITY, type Settings, TRUST_DOMAIN } from './configuration.ts'
import { type Condor, findCondor } from './find.ts'
import { daemonEnvironment, makeLocalFolders } from './local-folder.ts'

export type PoolDaemon = 'collector' | 'negotiator' | 'schedd'

export interface PoolOptions {
  /** Short intervals for tests; otherwise HTCondor's defaults. */
  fast: boolean
  /** Further settings of the central manager, after ours. */
  extra?: Settings
  progress?: Progress
}

/** A running central manager and access point. */
export interface Pool {
  readonly condor: Condor
  /** CONDOR_CONFIG of all tools; every account may read it. */
  readonly configFile: string
  /** Read after everything else; for tokens of worker VMs that are gone. */
  readonly revocationsFile: string
  readonly binDir: string
  readonly sbinDir: string
  /** `ip:port` */
  readonly collector: string
  readonly trustDomain: string
  readonly fast: boolean
  readonly logDir: string
  /** All jobs' events, in the format of user logs. */
  readonly eventLog: string
  /** CONDOR_CONFIG and a PATH with the tools in front. */
  readonly environment: { CONDOR_CONFIG: string; PATH: string }
  master(): Daemon
  /** Runs a tool as the caller; throws if it fails. */
  tool(name: string, args?: readonly string[]): Promise<string>
  /** SIGKILL of one daemon; the master starts it again. */
  killDaemon(name: PoolDaemon): Promise<void>
  /** SIGSTOP: it hangs, connections to it stay open. */
  pauseDaemon(name: PoolDaemon): void
  resumeDaemon(name: PoolDaemon): void
  /** Takes one daemon away until {@link startDaemon}. */
  stopDaemon(name: PoolDaemon): Promise<void>
  startDaemon(name: PoolDaemon): Promise<void>
  /** Ends the schedd in an orderly way, starts it again and waits until it answers. */
  restartSchedd(): Promise<void>
  stop(): Promise<void>
}

/** Starts collector, negotiator and schedd on the instance's pool address and waits until the queue answers. */
export async function startPool(instance: Instance, options: PoolOptions): Promise<Pool> {
  const condor = await findCondor(options)
  await makeBridge(instance)
  const ids = await condorAccount()
  const localDir = join(instance.folder, 'condor')
  const secrets = makeLocalFolders(localDir, ids)
  const key = join(secrets.passwords, 'POOL')
  if (!existsSync(key)) writeFileSync(key, randomBytes(64).toString('base64'), { mode: 0o600 })
  const address = instance.network.address
  const port = await freePort(address, 9618)
  const eventLog = join(localDir, 'log', 'EventLog')
  const configFile = join(localDir, 'condor_config')
  const configFolder = join(localDir, 'config.d')
  mkdirSync(configFolder, { recursive: true })
  writeFileSync(
    configFile,
    [
      { ...installation(condor, localDir), ...(ids === undefined ? {} : { CONDOR_IDS: `${ids.uid}.${ids.gid}` }) },
      HOST,
      SECURITY,
      options.fast ? FAST : {},
      central({
        address,
        port,
        secrets,
        administrators: isRoot() ? ['condor', 'root'] : [userInfo().username],
        eventLog,
      }),
      options.extra ?? {},
      // what the product tells the collector while it runs: tokens of worker VMs that are gone
      { LOCAL_CONFIG_DIR: configFolder },
    ]
      .map(render)
      .join('\n'),
    { mode: 0o644 },
  )
  return new RunningPool(instance, condor, options, {
    configFile,
    revocationsFile: join(configFolder, '90-revoked-workers'),
    collector: `${address}:${port}`,
    logDir: join(localDir, 'log'),
    eventLog,
  }).begin()
}

interface Places {
  configFile: string
  revocationsFile: string
  collector: string
  logDir: string
  eventLog: string
}

class RunningPool implements Pool {
  readonly condor: Condor
  readonly configFile: string
  readonly revocationsFile: string
  readonly collector: string
  readonly logDir: string
  readonly eventLog: string
  readonly fast: boolean
  readonly trustDomain = TRUST_DOMAIN
  readonly #instance: Instance
  #master: Daemon | undefined

  constructor(instance: Instance, condor: Condor, options: PoolOptions, places: Places) {
    this.#instance = instance
    this.condor = condor
    this.fast = options.fast
    this.configFile = places.configFile
    this.revocationsFile = places.revocationsFile
    this.collector = places.collector
    this.logDir = places.logDir
    this.eventLog = places.eventLog
  }

  get binDir(): string {
    return this.condor.binDir
  }

  get sbinDir(): string {
    return this.condor.sbinDir
  }

  get environment(): { CONDOR_CONFIG: string; PATH: string } {
    return {
      CONDOR_CONFIG: this.configFile,
      PATH: `${this.binDir}:${this.sbinDir}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    }
  }

  async begin(): Promise<this> {
    const logFile = join(this.logDir, 'master.out')
    try {
      this.#master = await spawnDaemon(this.#instance, {
        name: 'condor central manager',
        argv: [join(this.sbinDir, 'condor_master'), '-f'],
        env: daemonEnvironment(this.configFile),
        cwd: '/',
        logFile,
        ready: () => this.#answers(),
      })
    } catch (error) {
      const log = join(this.logDir, 'MasterLog')
      throw new Problem(
        {
          code: 'PoolFailed',
          kind: 'failure',
          message: 'HTCondor did not start',
          where: log,
          details: [...tail(logFile), ...tail(log)],
        },
        { cause: error },
      )
    }
    return this
  }

  master(): Daemon {
    if (this.#master === undefined) throw new Error('the pool was never started')
    return this.#master
  }

  async tool(name: string, args: readonly string[] = []): Promise<string> {
    const path = [this.binDir, this.sbinDir].map((folder) => join(folder, name)).find(existsSync) ?? name
    return (await execa(path, args, { env: this.environment })).stdout
  }

  async killDaemon(name: PoolDaemon): Promise<void> {
    const { pid } = this.#process(name)
    process.kill(pid, 'SIGKILL')
  }

  pauseDaemon(name: PoolDaemon): void {
    process.kill(this.#process(name).pid, 'SIGSTOP')
  }

  resumeDaemon(name: PoolDaemon): void {
    process.kill(this.#process(name).pid, 'SIGCONT')
  }

  async stopDaemon(name: PoolDaemon): Promise<void> {
    await this.tool('condor_off', ['-fast', '-daemon', name])
    await this.#until(`${name} to end`, async () => this.#find(name) === undefined)
  }

  async startDaemon(name: PoolDaemon): Promise<void> {
    await this.tool('condor_on', ['-daemon', name])
    await this.#until(`${name} to start`, async () => this.#find(name) !== undefined && (await this.#answers()))
  }

  async restartSchedd(): Promise<void> {
    await this.stopDaemon('schedd')
    await this.startDaemon('schedd')
  }

  async stop(): Promise<void> {
    // SIGQUIT is HTCondor's fast shutdown; SIGTERM waits for jobs.
    await this.master().stop({ signal: 'SIGQUIT', graceMs: 5_000 })
  }

  async #answers(): Promise<boolean> {
    const options = { env: this.environment, reject: false, timeout: 5_000 } as const
    const queue = await execa(join(this.binDir, 'condor_q'), ['-totals'], options)
    if (queue.exitCode !== 0) return false
    const schedds = await execa(join(this.binDir, 'condor_status'), ['-schedd', '-af', 'Name'], options)
    return schedds.stdout.trim() !== ''
  }

  #find(name: PoolDaemon): ProcessRef | undefined {
    const master = this.master().process.pid
    return allProcesses().find((row) => row.parent === master && row.command === comm(`condor_${name}`))
  }

  #process(name: PoolDaemon): ProcessRef {
    const found = this.#find(name)
    if (found === undefined) throw new Error(`the pool's ${name} does not run`)
    return found
  }

  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 30_000; !(await condition()); await sleep(100)) {
      if (Date.now() > deadline) throw new Error(`waited 30 s for the pool's ${what}`)
    }
  }
}

/** The kernel keeps 15 characters of a process's name. */
const comm = (program: string): string => program.slice(0, 15)
