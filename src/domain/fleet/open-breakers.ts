import { breakerState, type Breakers } from './breakers.ts'

/** The breakers that keep something from being booted, for people. */
export function openBreakersOf(
  breakers: unknown,
  now: number,
): { cloud: string; scope: string; state: 'open' | 'half-open'; reason: string; until?: number }[] {
  return Object.values((breakers ?? {}) as Breakers).flatMap((breaker) => {
    const state = breakerState(breaker, now)
    if (state === 'closed') return []
    const { cloud, image, flavor, zone } = breaker.of
    const scope =
      breaker.kind === 'capacity'
        ? `flavor ${flavor}${zone === undefined ? '' : ` in zone ${zone}`}`
        : `image ${image ?? ''} with flavor ${flavor}`
    const reason = `${breaker.reason}, ${breaker.failures} times${breaker.note === undefined ? '' : `: ${breaker.note}`}`
    return [{ cloud, scope, state, reason, ...(breaker.opened === undefined ? {} : { until: breaker.opened.until }) }]
  })
}
