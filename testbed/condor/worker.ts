import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeNamespace, type Namespace } from '../instance/bridge.ts'
import { type Daemon, spawnDaemon, tail } from '../instance/daemon.ts'
import type { Instance } from '../instance/instance.ts'
import { condorAccount } from './condor-account.ts'
import { FAST, HOST, installation, plainWorker, render, SECURITY } from './configuration.ts'
import { daemonEnvironment, makeLocalFolders } from './local-folder.ts'
import type { Pool } from './pool.ts'

export interface WorkerOptions {
  /** The VM's name; the host name of its machine ad. */
  name: string
  /** An address of the instance's pool subnet, {@link addressIn}. */
  address: string
  /** What a worker VM would be told: policy, attributes. Addresses, folders and credentials are this host's own. */
  config: string
  /** Its pool token. */
  token: string
  /** Added to the PATH that jobs see. */
  path?: string
}

/** A worker without a guest: condor_master and startd as plain processes of this host. */
export interface Worker {
  readonly name: string
  readonly address: string
  readonly localDir: string
  daemon(): Daemon
  /** Waits until its machine ad is in the collector. */
  joined(timeoutMs?: number): Promise<void>
  /** Orderly end: running jobs are evicted. */
  stop(): Promise<void>
  /** SIGKILL of everything, its network gone too: a VM that vanished. */
  vanish(): Promise<void>
}

/** Starts a plain worker; it has joined when {@link Worker.joined} returns. */
export async function startWorker(instance: Instance, pool: Pool, options: WorkerOptions): Promise<Worker> {
  const localDir = join(instance.folder, 'workers', options.name)
  mkdirSync(localDir, { recursive: true })
  const ids = await condorAccount()
  const secrets = makeLocalFolders(localDir, ids)
  writeFileSync(join(secrets.tokens, 'worker'), options.token, { mode: 0o600 })
  const configFile = join(localDir, 'condor_config')
  const before = [
    {
      ...HOST,
      ...SECURITY,
      SEC_DEFAULT_AUTHENTICATION_METHODS: 'IDTOKENS',
      SEC_CLIENT_AUTHENTICATION_METHODS: 'IDTOKENS',
    },
    { CONDOR_HOST: pool.collector.split(':')[0] ?? '', COLLECTOR_HOST: pool.collector },
    pool.fast ? FAST : {},
  ]
  const after = [
    { ...installation(pool.condor, localDir), ...(ids === undefined ? {} : { CONDOR_IDS: `${ids.uid}.${ids.gid}` }) },
    plainWorker({ address: options.address, name: options.name, ...secrets }),
    options.path === undefined
      ? {}
      : { STARTER_JOB_ENVIRONMENT: `"PATH=${options.path}:/usr/local/bin:/usr/bin:/bin"` },
  ]
  writeFileSync(configFile, [...before.map(render), options.config, ...after.map(render)].join('\n'))
  const namespace = instance.network.kind === 'bridge' ? await makeNamespace(instance, options.address) : undefined
  const logFile = join(localDir, 'log', 'master.out')
  const daemon = await spawnDaemon(instance, {
    name: `worker ${options.name}`,
    argv: [join(pool.sbinDir, 'condor_master'), '-f'],
    env: daemonEnvironment(configFile),
    cwd: '/',
    logFile,
    ...(namespace === undefined ? {} : { netns: namespace.name }),
  })
  return worker(pool, options, localDir, daemon, namespace)
}

function worker(
  pool: Pool,
  { name, address }: WorkerOptions,
  localDir: string,
  daemon: Daemon,
  namespace: Namespace | undefined,
): Worker {
  const gone = async (): Promise<void> => {
    if (namespace !== undefined && existsSync(`/run/netns/${namespace.name}`)) await namespace.remove()
  }
  return {
    name,
    address,
    localDir,
    daemon: () => daemon,
    joined: async (timeoutMs = 30_000) => {
      const find = ['-constraint', `split(Machine, ".")[0] == "${name}"`, '-af', 'Name']
      for (
        const deadline = Date.now() + timeoutMs;
        (await pool.tool('condor_status', find)).trim() === '';
        await sleep(100)
      ) {
        if (Date.now() < deadline && daemon.isRunning()) continue
        const logs = ['StartLog', 'MasterLog'].flatMap((log) => tail(join(localDir, 'log', log)))
        throw new Error(`worker ${name} did not join within ${timeoutMs} ms\n${logs.join('\n')}`)
      }
    },
    stop: async () => {
      await daemon.stop({ signal: 'SIGQUIT' })
      await gone()
    },
    vanish: async () => {
      await daemon.kill()
      await gone()
    },
  }
}

/** Makes a token as the pool's owner; for tests that have no control plane. The token is never an argument. */
export async function createToken(
  pool: Pool,
  identity: string,
  authorizations: readonly string[] = WORKER_RIGHTS,
  seconds = 86_400,
): Promise<string> {
  const scopes = authorizations.flatMap((name) => ['-authz', name])
  return (
    await pool.tool('condor_token_create', ['-identity', identity, ...scopes, '-lifetime', String(seconds)])
  ).trim()
}

/** What a worker VM's token may do. */
export const WORKER_RIGHTS = ['ADVERTISE_STARTD', 'ADVERTISE_MASTER', 'READ'] as const
