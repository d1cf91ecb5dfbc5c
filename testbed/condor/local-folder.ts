import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folders that HTCondor's daemons write; `secrets` are closed to all but their owner, who stays the caller. */
export function makeLocalFolders(
  localDir: string,
  owner: { uid: number; gid: number } | undefined,
): { passwords: string; tokens: string } {
  for (const name of ['', 'log', 'spool', 'execute', 'lock', 'run']) {
    const path = join(localDir, name)
    mkdirSync(path, { recursive: true })
    chmodSync(path, 0o755)
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  }
  // Jobs of any account land in EXECUTE below folders that the starter makes for them.
  const secrets = { passwords: join(localDir, 'passwords.d'), tokens: join(localDir, 'tokens.d') }
  // Token files that root does not own are ignored without a word, so these are not given to `condor`.
  for (const path of Object.values(secrets)) mkdirSync(path, { recursive: true, mode: 0o700 })
  return secrets
}

/** Environment for a daemon: nothing of the caller's, which may hold credentials. */
export function daemonEnvironment(configFile: string): Record<string, string> {
  return {
    CONDOR_CONFIG: configFile,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOME: '/',
  }
}
