import { OpenStackError } from 'openstack-ts'
import type { Look, Unseen } from '#domain/cloud-check/look.ts'

/** Asks the cloud; that it does not tell is a finding like any other. */
export async function look<T>(ask: () => Promise<T>): Promise<Look<T>> {
  try {
    return { seen: await ask() }
  } catch (error) {
    return unseenBecause(error)
  }
}

export function unseenBecause(error: unknown): Unseen {
  const why = error instanceof Error ? error.message : String(error)
  return { code: OpenStackError.is(error) ? error.code : 'Other', why }
}
