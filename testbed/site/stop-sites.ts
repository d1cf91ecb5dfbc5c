import { type Cleaned, cleanUp, cleanUpDead } from '#testbed/instance/clean-up.ts'
import { Ledger, LEDGER } from '#testbed/instance/ledger.ts'
import { join } from 'node:path'
import type { Progress } from './options.ts'
import { findSites } from './record.ts'

export interface Stopped {
  /** Sites that were taken down, and instances of any kind that a killed process had left. */
  ended: number
  failed: number
  /** Owners of sites that still work for them. */
  live: number[]
}

/** Takes down what this checkout left up for a purpose, and cleans up after whatever was killed. */
export async function stopSites(purpose: string, progress: Progress, home?: string): Promise<Stopped> {
  const results: Cleaned[] = []
  const live: number[] = []
  for (const { id, folder, state } of findSites(purpose, home)) {
    if (state === 'live') {
      const owner = new Ledger(join(folder, LEDGER)).read().opening?.owner.pid
      live.push(owner ?? 0)
      progress(`${purpose} ${id} is still at work as process ${owner ?? '?'}; Ctrl-C there ends it`)
    }
    if (state !== 'kept') continue
    progress(`taking down ${purpose} ${id}`)
    results.push(await cleanUp(folder, { kept: true, progress }))
  }
  results.push(...(await cleanUpDead({ progress, ...(home === undefined ? {} : { home }) })))
  return {
    ended: results.filter(({ failed }) => failed.length === 0).length,
    failed: results.filter(({ failed }) => failed.length > 0).length,
    live,
  }
}
