import type { Service } from '#testbed/cloud/error-body.ts'

const SERVICES: Readonly<Record<string, Service>> = {
  identity: 'identity',
  image: 'image',
  compute: 'compute',
  network: 'network',
  volume: 'block-storage',
  placement: 'placement',
}

/** The service that a path belongs to; null = none of them. */
export function serviceOf(path: string): Service | null {
  const [, first = ''] = /^\/(\w+)(?:[/?]|$)/.exec(path) ?? []
  return Object.hasOwn(SERVICES, first) ? (SERVICES[first] ?? null) : null
}
