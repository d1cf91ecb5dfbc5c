import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Pool, startPool } from '#testbed/condor/pool.ts'
import type { Account } from '#testbed/instance/account.ts'
import type { Cleaned } from '#testbed/instance/clean-up.ts'
import type { Daemon } from '#testbed/instance/daemon.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { ensureOpenStackImage } from '#testbed/openstack/image/build.ts'
import { startTemporal, type TemporalServer } from '#testbed/temporal/server.ts'
import { giveCredentials, makeAstronomer, writeOwn } from './astronomer.ts'
import { type Cli, cliOf } from './cli.ts'
import { type Environment, exportLines, operatorEnvironment, siteEnvironment, userEnvironment } from './environment.ts'
import { type GuestRunner, startGuestRunner } from './guests.ts'
import { examineHost } from './host.ts'
import { type CloudWish, type Guests, type SettledCloud, type SiteOptions, TWO_CLOUDS } from './options.ts'
import { CHECKOUT, findProgram, type Program } from './program.ts'
import { provide } from './provisions.ts'
import { startRealClouds } from './real-clouds.ts'
import type { RunningOpenStack } from '#testbed/openstack/start.ts'
import { writeSiteRecord } from './record.ts'
import { startSimulatedClouds } from './simulated-clouds.ts'
import { addressPools, type SiteCloud } from './site-cloud.ts'
import { writeSiteFiles } from './site-files.ts'
import { together } from './together.ts'
import { type WorkerProcess, workerProcess } from './worker-process.ts'

/** Everything that a batch site has, running. */
export interface Site {
  readonly instance: Instance
  readonly pool: Pool
  readonly temporal: TemporalServer
  /** By name. */
  readonly clouds: Readonly<Record<string, SiteCloud>>
  /** Of which some clouds are regions; absent = all are simulated. */
  readonly openstack: RunningOpenStack | undefined
  readonly runner: GuestRunner
  readonly worker: WorkerProcess
  /** The astronomer. */
  readonly account: Account
  readonly program: Program
  readonly configFile: string
  readonly environments: { user: Environment; operator: Environment }
  /** Files for a shell to source. */
  readonly environmentFiles: { user: string; operator: string }
  readonly cli: Cli
  startWorkerProcess(): Promise<void>
  killWorkerProcess(): Promise<void>
  /** All that has to run for the site to work. */
  daemons(): Daemon[]
  /** Ends everything and removes every trace. */
  stop(): Promise<Cleaned>
}

/**
 * Brings a whole site up in an instance of the testbed: Temporal, HTCondor, clouds, hypervisors, the astronomer's account
 * and the worker process. If a part fails, nothing is left of the others.
 * @throws {@link Problem} that says what is missing and each way to get it
 */
export async function startSite(options: SiteOptions): Promise<Site> {
  const { progress = () => {}, purpose = 'test' } = options
  const { guests } = await examineHost(options.guests, progress)
  const settle = (wish: CloudWish): SettledCloud => ({ guests, ...wish })
  const realWishes = (options.realClouds ?? []).map(settle)
  const wishes = (options.clouds ?? (realWishes.length > 0 ? [] : TWO_CLOUDS)).map(settle)
  const kinds = [...wishes, ...realWishes].map((wish) => wish.guests)
  const real = kinds.includes('guest')
  if (real && guests !== 'guest') await examineHost('guest', progress)
  const provisions = await provide(real ? 'guest' : 'process', progress)
  if (realWishes.length > 0) await ensureOpenStackImage({ progress })
  const instance =
    options.instance ??
    (await createInstance({
      network: networkFor(...kinds),
      progress,
      ...(options.home === undefined ? {} : { home: options.home }),
    }))
  try {
    writeSiteRecord(instance.folder, { purpose, checkout: CHECKOUT })
    return await assemble(instance, { guests, wishes, realWishes, image: provisions.guestImage }, options)
  } catch (error) {
    if (options.instance === undefined) await endInstance(instance, progress)
    throw error
  }
}

/**
 * Real guests hang on a bridge, and there the pool is too: plain worker processes, which have addresses of 127/8, reach
 * every address of their host.
 */
export const networkFor = (...kinds: Guests[]): 'bridge' | 'loopback' =>
  kinds.includes('guest') ? 'bridge' : 'loopback'

interface Decided {
  guests: Guests
  wishes: readonly SettledCloud[]
  realWishes: readonly SettledCloud[]
  /** Root file system of real guests. */
  image: string | undefined
}

async function assemble(instance: Instance, decided: Decided, options: SiteOptions): Promise<Site> {
  const { guests, wishes, realWishes, image } = decided
  const { progress = () => {}, purpose = 'test' } = options
  const pools = addressPools(instance, wishes.length + realWishes.length)
  const account = await makeAstronomer(instance)
  const [program, pool, temporal, simulated, real] = await together([
    findProgram(instance, account),
    startPool(instance, { fast: options.fast, extra: options.poolSettings ?? {}, progress }),
    startTemporal(instance, {
      progress,
      extraArgs: options.temporalArgs ?? [],
      ...(options.temporalFolder !== undefined && { dbFile: join(options.temporalFolder, 'temporal.db') }),
    }),
    startSimulatedClouds(instance, wishes, pools, account.name),
    realWishes.length === 0
      ? Promise.resolve(undefined)
      : startRealClouds(instance, realWishes, pools.slice(wishes.length), account.name, progress),
  ])
  const clouds = { ...simulated, ...real?.clouds }
  const list = Object.values(clouds)
  giveCredentials(account, list)
  const { configFile } = writeSiteFiles(instance, pool, temporal, list, options)
  const environment = siteEnvironment(program, pool, temporal, configFile)
  const environments = {
    user: userEnvironment(environment, account),
    operator: operatorEnvironment(environment, instance),
  }
  const environmentFiles = {
    user: join(account.home, 'canfar.env'),
    operator: join(instance.folder, 'operator.env'),
  }
  writeOwn(account, environmentFiles.user, exportLines(environments.user), 0o644)
  writeFileSync(environmentFiles.operator, exportLines(environments.operator))
  mkdirSync(environments.operator['XDG_STATE_HOME'] ?? '', { recursive: true, mode: 0o700 })
  const worker = workerProcess(instance, program, environment, configFile, options)
  const [runner] = await together([
    startGuestRunner(instance, list, { image, shares: options.shares ?? [] }),
    options.withoutWorkerProcess === true ? Promise.resolve() : worker.start(),
  ])
  writeSiteRecord(instance.folder, {
    purpose,
    checkout: CHECKOUT,
    up: {
      guests,
      uiUrl: temporal.uiUrl,
      account,
      environmentFiles,
      environments: { user: { ...environments.user }, operator: { ...environments.operator } },
      clouds: list.map(({ name, authUrl }) => ({ name, authUrl })),
    },
  })
  return {
    instance,
    pool,
    temporal,
    clouds,
    openstack: real?.openstack,
    runner,
    worker,
    account,
    program,
    configFile,
    environments,
    environmentFiles,
    cli: cliOf(instance, account, program, environments),
    startWorkerProcess: () => worker.start(),
    killWorkerProcess: () => worker.kill(),
    daemons: () => {
      const process = worker.daemon()
      const standing = [
        temporal.daemon(),
        pool.master(),
        ...runner.daemons(),
        ...list.flatMap((cloud) => cloud.daemons()),
      ]
      return process === undefined ? standing : [...standing, process]
    },
    stop: () => endInstance(instance, progress),
  }
}
