import type { ServiceCall } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface UpdateOptions extends CallOptions {
  /**
   * The `revision` that the change was made from. Neutron refuses the change with 412 if somebody has changed the
   * resource since, which is a `Conflict` here.
   */
  ifRevision?: number | undefined
}

/** https://docs.openstack.org/api-ref/network/v2/#revisions */
export function withRevision({ ifRevision, ...options }: UpdateOptions): ServiceCall {
  if (ifRevision === undefined) return options
  return { ...options, headers: { 'if-match': `revision_number=${ifRevision}` } }
}
