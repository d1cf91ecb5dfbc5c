import { randomUUID } from 'node:crypto'

/** An id in the only form that services accept from outside. */
export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/** The service's own id of a request. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['x-openstack-request-id'] ?? headers['x-compute-request-id']
}
