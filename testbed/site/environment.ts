import { join } from 'node:path'
import type { Pool } from '#testbed/condor/pool.ts'
import type { Account } from '#testbed/instance/account.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { TemporalServer } from '#testbed/temporal/server.ts'
import type { Program } from './program.ts'

export type Environment = Readonly<Record<string, string>>

/** What a login on the site's access point would find in its environment. */
export function siteEnvironment(
  program: Program,
  pool: Pool,
  temporal: TemporalServer,
  configFile: string,
): Environment {
  const path = [join(program.root, 'bin'), pool.binDir, pool.sbinDir]
  return {
    CANFAR_BATCH_CONFIG: configFile,
    CANFAR_NODE: program.node,
    CONDOR_CONFIG: pool.configFile,
    TEMPORAL_ADDRESS: temporal.address,
    PATH: [...path, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
  }
}

/** An account that is the caller's own keeps what the site makes of it in the instance. */
export function userEnvironment(site: Environment, account: Account): Environment {
  if (account.temporary) return site
  const inHome = (...parts: string[]): string => join(account.home, ...parts)
  return {
    ...site,
    HOME: account.home,
    XDG_STATE_HOME: inHome('.local', 'state'),
    XDG_CONFIG_HOME: inHome('.config'),
    XDG_CACHE_HOME: inHome('.cache'),
  }
}

/** Whoever owns the instance; what they leave behind as an operator goes with it. */
export function operatorEnvironment(site: Environment, instance: Instance): Environment {
  return { ...site, XDG_STATE_HOME: join(instance.folder, 'operator') }
}

/** To be sourced by a shell. */
export const exportLines = (environment: Environment): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('')
