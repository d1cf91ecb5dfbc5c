import { userInfo } from 'node:os'
import type { Account } from './account.ts'

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What a command sees: nothing of this process's own environment, which may hold credentials. */
export function plainEnvironment(account: Account | 'self'): Record<string, string> {
  const own = userInfo()
  const { user, home } = account === 'self' ? { user: own.username, home: own.homedir } : account
  return { HOME: home, USER: user, LOGNAME: user, PATH: systemPath, LC_ALL: 'C' }
}
