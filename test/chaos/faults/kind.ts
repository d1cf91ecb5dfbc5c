import type { CrashSite } from '../../e2e/crash-site.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import type { Random } from '../random.ts'
import type { Host } from './host.ts'

/** What a fault may lay hands on. */
export interface World {
  own: CrashSite
  clouds: readonly SiteCloud[]
  /** Names of servers that are nobody's worker VMs and must never be touched. */
  planted: ReadonlySet<string>
  /** Only root can have it. */
  host: Host | undefined
}

/** A fault that was done. */
export interface Injected {
  /** What it struck: `vm/<name>`, `cloud/<name>`, `schedd` … */
  target: string
  note?: string
  /** Ends it; what heals by itself has none. */
  heal?: () => Promise<void>
}

/** One way in which the world can go wrong. */
export interface FaultKind {
  readonly kind: string
  /** How often it is drawn, compared with others. */
  readonly weight: number
  /** How long it lasts until it is healed, s. */
  readonly lasts: readonly [from: number, to: number]
  /** How long after its healing something that it set going may still happen, s. */
  readonly echo?: number
  /** Faults of one group never overlap. */
  readonly group?: string
  /** What may end a job that it strikes; the auditor accepts no other excuse for a job's further start. */
  readonly endsJobs?: 'of the VM' | 'of the schedd'
  /** The VM's end that it explains: without it, one that claims to have ended so was misjudged. */
  readonly explains?: readonly string[]
  /** Nothing, if there was nothing to strike. Draws all that it needs from `random`, first of all. */
  inject(world: World, random: Random): Promise<Injected | undefined>
}
