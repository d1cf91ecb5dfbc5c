import { join } from 'node:path'
import type { Client, Connection } from '@temporalio/client'
import type { LoadedConfig } from '#config/load.ts'
import { Problem } from '#domain/problem.ts'
import type { CondorTools } from '#htcondor/tools.ts'
import type { OpenOptions, Principal } from './types.ts'

/** What every function of the api works with. */
export interface Context {
  principal: Principal
  options: OpenOptions
  loaded: LoadedConfig
  condor: CondorTools
  /** Connects at the first call. @throws Problem of kind `unreachable` */
  client(): Promise<Client>
  connection(): Promise<Connection>
}

/** Where a user's rendered files and kept credentials are. */
export function stateFolder({ principal, options }: Pick<Context, 'principal' | 'options'>): string {
  const base = options.env['XDG_STATE_HOME']
  return join(base === undefined || base === '' ? join(principal.home, '.local', 'state') : base, 'canfar-batch')
}

export function webUrl({ loaded: { config } }: Context, workflowId: string): string {
  const { ui, namespace } = config.temporal
  return `${ui.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
}

/** Operators act on everything, users on what is theirs. */
export function requireOperator({ principal }: Context, what: string): void {
  if (principal.roles.includes('operator')) return
  throw new Problem({
    code: 'OperatorsOnly',
    kind: 'auth',
    message: `${what} is for operators`,
    next: 'Ask an operator of your site, or have your account added to "operators" in the configuration.',
  })
}

export const mayActOn = ({ principal }: Context, owner: string): boolean =>
  principal.roles.includes('operator') || principal.user === owner
