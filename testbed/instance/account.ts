import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { isRoot } from './folders.ts'
import type { Instance } from './instance.ts'
import { commandLine } from './daemon.ts'
import { withLock } from './lock.ts'

/** An account that submits jobs. */
export interface Account {
  name: string
  uid: number
  gid: number
  home: string
  /** Made for this instance and removed with it; otherwise the caller's own. */
  temporary: boolean
}

/** Name of the account that an instance may make. */
export const accountName = (id: string): string => `demo-${id}`

/** As root a throw-away account, since root can't submit jobs; else the account that we run as. */
export async function demoAccount(instance: Instance): Promise<Account> {
  if (!isRoot()) {
    const { username, uid, gid, homedir } = userInfo()
    return { name: username, uid, gid, home: homedir, temporary: false }
  }
  const name = accountName(instance.id)
  const home = join('/home', name)
  // Asked before the ledger says that it is ours: the clean-up removes a listed account with its home.
  if (existsSync(home) || (await execa('getent', ['passwd', name], { reject: false })).exitCode === 0) {
    throw new Problem({
      code: 'AccountExists',
      kind: 'failure',
      message: `the account ${name} or its home exists already`,
    })
  }
  const { value } = await instance.ledger.make({ kind: 'account', name, home }, () => makeAccount(name, home))
  return value
}

async function makeAccount(name: string, home: string): Promise<Account> {
  // useradd refuses to wait for another one
  await withLock('accounts', () =>
    execa('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/bash', '--user-group', name]),
  )
  const line = (await execa('getent', ['passwd', name])).stdout
  const [, , uid, gid] = line.split(':').map(Number)
  return { name, uid: uid ?? Number.NaN, gid: gid ?? Number.NaN, home, temporary: true }
}

export interface RunAsOptions {
  cwd?: string
  /** Added to a clean environment of HOME, USER, LOGNAME, PATH and LANG. */
  env?: Readonly<Record<string, string>>
  input?: string
}

/** The environment that a login of that account would have. */
export function accountEnvironment(
  account: Account,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'
  return {
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: '/bin/bash',
    PATH: path,
    LANG: 'C.UTF-8',
    ...extra,
  }
}

/** Runs a command to its end with the rights of an account; never throws for its exit code. */
export async function runAs(
  account: Account,
  argv: readonly [string, ...string[]],
  options: RunAsOptions = {},
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const [file = '', ...args] = commandLine({ argv, ...(account.uid === process.getuid?.() ? {} : { account }) })
  const result = await execa(file, args, {
    cwd: options.cwd ?? account.home,
    env: accountEnvironment(account, options.env),
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  })
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}
