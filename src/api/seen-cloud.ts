import type { CloudSeen } from '#contract/watch.ts'
import { endsSoon } from '#domain/cloud-check/credential.ts'
import type { Check } from './types.ts'

/** How old a watch's last look may be, ms. */
const fresh = 60_000

/** What the last look of a cloud's watch says of it; a text where all is well. */
export function seenCloud(seen: CloudSeen | undefined, now: number): string | Pick<Check, 'detail' | 'ok'> {
  if (seen === undefined || seen.ok === 'unknown') return { detail: 'nobody has looked at it yet', ok: 'warn' }
  if (!seen.ok) return { detail: seen.error ?? 'does not answer', ok: false }
  const ago = now - seen.at
  if (ago > fresh) return { detail: `last looked at ${Math.round(ago / 1000)} s ago`, ok: 'warn' }
  const { credentialEnds: ends } = seen
  if (ends !== undefined && endsSoon(ends, now)) {
    return { detail: `its credential ends at ${new Date(ends).toISOString()}: docs/rotate-credentials.md`, ok: 'warn' }
  }
  const cores = seen.limits !== undefined && 'quotas' in seen.limits ? seen.limits.quotas.cores : undefined
  return `${seen.servers ?? 0} servers, ${seen.foreign ?? 0} of them not ours${cores === undefined ? '' : `, ${cores.used} of ${cores.limit} cores used`}`
}
