import { OpenStackError } from '../error/openstack-error.ts'
import { namesOfService } from './service-types.ts'

export interface MicroversionWish {
  /** Below this the client cannot work. */
  min: string
  /** Used if the cloud has it, else the cloud's newest; `latest` is always the cloud's newest. */
  wanted: string
}

const MICROVERSION = /^(\d+)\.(\d+)$/

export function isMicroversionWish(text: string): boolean {
  return text === 'latest' || MICROVERSION.test(text)
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
  const newest = wish.wanted === 'latest' || compareMicroversions(wish.wanted, cloud.max) > 0
  const chosen = newest ? cloud.max : wish.wanted
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
  const match = MICROVERSION.exec(version)
  if (match === null) throw new TypeError(`not a microversion: ${version}`)
  return [Number(match[1]), Number(match[2])]
}

/** Names that services go by in the header, where it is not their official type. */
const HEADER_NAMES: Readonly<Record<string, string>> = {
  'block-storage': 'volume',
  'container-infrastructure-management': 'container-infra',
  'application-container': 'container',
}

/** Headers from before there was a common one; some releases read only these. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  compute: 'x-openstack-nova-api-version',
  baremetal: 'x-openstack-ironic-api-version',
  'shared-file-system': 'x-openstack-manila-api-version',
}

export function microversionHeaders(service: string, version: string): Record<string, string> {
  const [type = service] = namesOfService(service)
  const own = OWN_HEADERS[type]
  return {
    'openstack-api-version': `${HEADER_NAMES[type] ?? type} ${version}`,
    ...(own === undefined ? {} : { [own]: version }),
  }
}
