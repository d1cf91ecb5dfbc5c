import { userInfo } from 'node:os'
import type { Principal } from '#api/types.ts'

/**
 * The account that runs the command, as the operating system knows it; never from `USER` or `LOGNAME`, which anyone can set. Root is an operator; whom else the
 * site's configuration names as one, the api knows.
 */
export const currentPrincipal = (environment: Readonly<Record<string, string | undefined>>): Principal => {
  const { username, uid, gid, homedir } = userInfo()
  const project = environment['OS_PROJECT_NAME']
  return {
    user: username,
    uid,
    gid,
    home: homedir,
    projects: project === undefined || project === '' ? [] : [project],
    roles: uid === 0 ? ['user', 'operator'] : ['user'],
  }
}
