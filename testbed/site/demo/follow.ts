import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '#domain/problem.ts'
import { tail } from '#testbed/instance/daemon.ts'
import type { Site } from '../site.ts'
import type { Say } from './clock.ts'
import { type Observation, observe, summary } from './observe.ts'

const EVERY_MS = 300

export interface FollowOptions {
  what: string
  until: (seen: Observation) => boolean
  limitMs: number
  /** What the reader knows already is not said again. */
  known?: Observation
  say: Say
  signal: AbortSignal
}

/**
 * Watches the site from outside until it is as wanted, and says what changes.
 * @throws Problem `DemoStuck` if it does not come to that in time or a part of the site has died
 */
export async function follow(
  site: Site,
  { what, until, limitMs, known, say, signal }: FollowOptions,
): Promise<Observation> {
  let last = known === undefined ? '' : summary(known)
  for (const deadline = Date.now() + limitMs; ; await sleep(EVERY_MS, undefined, { signal })) {
    const seen = await observe(site)
    const line = summary(seen)
    if (line !== last) say(line)
    last = line
    if (until(seen)) return seen
    const dead = site.daemons().find((daemon) => !daemon.isRunning())
    if (dead !== undefined) throw stuck(`${dead.name} has ended`, tail(dead.logFile, 10), dead.logFile)
    if (Date.now() > deadline) {
      throw stuck(`${what} did not happen within ${limitMs / 1000} s`, [line, ...complaints(site)], site.worker.logFile)
    }
  }
}

const stuck = (message: string, details: string[], where: string): Problem =>
  new Problem({
    code: 'DemoStuck',
    kind: 'failure',
    message,
    where,
    details,
    next: 'Run it again with --keep: the site then stays up to be looked at, and its logs stay',
  })

/** The last warnings and errors of the worker process and of the hypervisors. */
function complaints(site: Site): string[] {
  // pino's levels: 40 = warn
  const loud = tail(site.worker.logFile, 400).filter((line) => /"level":(40|50|60)/.test(line))
  const guests = tail(site.runner.logFile, 100).filter((line) => line.includes('failed'))
  return [...loud.slice(-5), ...guests.slice(-3)].map((line) => line.slice(0, 400))
}
