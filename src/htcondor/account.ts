import { runChild } from './child.ts'
import { CondorError } from './condor-error.ts'

/** An account of this host, as its password database has it. */
export interface Account {
  user: string
  uid: number
  gid: number
  home: string
}

/**
 * Looks an account up wherever this host looks accounts up (files, LDAP …).
 * @throws CondorError `not-found`
 */
export async function accountOf(user: string, signal?: AbortSignal): Promise<Account> {
  const { stdout } = await runChild('getent', ['passwd', '--', user], { cwd: '/', env: process.env, signal })
  signal?.throwIfAborted()
  const [name, , uid, gid, , home] = stdout.trimEnd().split(':')
  // getent takes a number for a uid: the answer must be the account that was asked for
  if (name !== user || uid === undefined || gid === undefined || home === undefined) {
    throw new CondorError({
      tool: 'getent',
      code: 'not-found',
      message: `this host has no account ${JSON.stringify(user)}`,
    })
  }
  return { user, uid: Number(uid), gid: Number(gid), home }
}
