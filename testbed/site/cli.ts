import { execa } from 'execa'
import { type Account, runAs } from '#testbed/instance/account.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { Environment } from './environment.ts'
import type { Program } from './program.ts'

export interface CliOptions {
  /** The astronomer (default), or whoever runs the site. */
  as?: 'user' | 'operator'
  /** Default: the account's home; for an operator the instance's folder. */
  cwd?: string
  /** Added to the environment of a login. */
  env?: Environment
  input?: string
}

export interface CliResult {
  exitCode: number | undefined
  stdout: string
  stderr: string
}

/** Runs the real command to its end; never throws for its exit code. */
export type Cli = (argv: readonly string[], options?: CliOptions) => Promise<CliResult>

export function cliOf(
  instance: Instance,
  account: Account,
  program: Program,
  environments: { user: Environment; operator: Environment },
): Cli {
  return async (argv, { as = 'user', cwd, env, input } = {}) => {
    const given = { ...(cwd !== undefined && { cwd }), ...(input !== undefined && { input }) }
    if (as === 'user') {
      return runAs(account, [program.command, ...argv], { env: { ...environments.user, ...env }, ...given })
    }
    const { exitCode, stdout, stderr } = await execa(program.command, argv, {
      cwd: cwd ?? instance.folder,
      env: { HOME: process.env['HOME'], LANG: 'C.UTF-8', ...environments.operator, ...env },
      extendEnv: false,
      reject: false,
      // An empty input ends at once, as no input does.
      input: input ?? '',
    })
    return { exitCode, stdout, stderr }
  }
}
