import type { Deadlines } from '../deadlines.ts'
import { noClaimSeconds } from './worker-configuration.ts'

/**
 * How long a worker VM's token is good: it outlives the longest life of a VM by the dead-man's switch, ms.
 *
 * @param keepaliveCap the site's limit for any keepalive, ms
 */
export function tokenLifetimeMs({ lifetime, drain }: Deadlines, keepaliveCap: number): number {
  return lifetime + drain + noClaimSeconds(keepaliveCap / 60_000) * 1000
}
