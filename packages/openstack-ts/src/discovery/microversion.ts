import { OpenStackError } from '../error/openstack-error.ts'

export interface MicroversionWish {
  /** Below this the client cannot work. */
  min: string
  /** Used if the cloud has it; else the cloud's newest. */
  wanted: string
}

/**
 * min(wanted, newest of the cloud).
 *
 * @throws OpenStackError `MicroversionUnsupported` if the cloud's range does not reach into [min, wanted]
 */
export function negotiateMicroversion(
  service: string,
  wish: MicroversionWish,
  cloud: { min: string; max: string },
): string {
  const chosen = compareMicroversions(wish.wanted, cloud.max) <= 0 ? wish.wanted : cloud.max
  if (compareMicroversions(chosen, wish.min) >= 0 && compareMicroversions(chosen, cloud.min) >= 0) return chosen
  const offer = `the cloud has ${cloud.min} to ${cloud.max}, needed is ${wish.min} to ${wish.wanted}`
  throw new OpenStackError(`${service}: no microversion in common: ${offer}`, {
    code: 'MicroversionUnsupported',
    service,
  })
}

/** Negative if a is older than b. 2.9 is older than 2.10: these are pairs of numbers, not decimals. */
export function compareMicroversions(a: string, b: string): number {
  const [majorA, minorA] = parts(a)
  const [majorB, minorB] = parts(b)
  return majorA - majorB || minorA - minorB
}

function parts(version: string): [number, number] {
  const match = /^(\d+)\.(\d+)$/.exec(version)
  if (match === null) throw new TypeError(`not a microversion: ${version}`)
  return [Number(match[1]), Number(match[2])]
}

export function microversionHeaders(service: string, version: string): Record<string, string> {
  // Cinder answers to its old name alone.
  const name = service === 'block-storage' ? 'volume' : service
  const standard = { 'openstack-api-version': `${name} ${version}` }
  // Before 2.27 Nova read only its own header.
  return service === 'compute' ? { ...standard, 'x-openstack-nova-api-version': version } : standard
}
