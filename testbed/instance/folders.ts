import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { statSync } from 'node:fs'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether this process may create accounts, network namespaces and bridges. */
export const isRoot = (): boolean => process.getuid?.() === 0

/** True if every account of the host may walk into `path` (its missing tail is ours to create, so it does not count). */
export function everyoneMayEnter(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const stat = statSync(at, { throwIfNoEntry: false })
    if (stat !== undefined && (stat.mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** Cache for what only the calling account uses: `${XDG_CACHE_HOME:-~/.cache}/canfar-batch`. */
export function personalCache(env: Environment = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'canfar-batch')
}

/**
 * Cache for what other accounts must be able to execute, HTCondor's tools above all. Root's home is usually closed to
 * others; then it is `/var/cache/canfar-batch`.
 */
export function sharedCache(env: Environment = process.env): string {
  const personal = personalCache(env)
  return !isRoot() || everyoneMayEnter(personal) ? personal : '/var/cache/canfar-batch'
}

/** Where instances keep their state: `${XDG_STATE_HOME:-~/.local/state}/canfar-batch/testbed`, or below `/var/lib` as root with a closed home. */
export function testbedHome(env: Environment = process.env): string {
  const personal = join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'canfar-batch')
  return join(!isRoot() || everyoneMayEnter(personal) ? personal : '/var/lib/canfar-batch', 'testbed')
}
