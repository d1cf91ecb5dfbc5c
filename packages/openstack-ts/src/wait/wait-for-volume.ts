import { OpenStackError } from '../error/openstack-error.ts'
import { isNotFound } from '../error/predicates.ts'
import type { CallOptions } from '../transport/settings.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

/** Volumes, or snapshots of volumes. */
export interface ShowsStatus<T extends { status: string }> {
  show(id: string, options?: CallOptions): Promise<T>
}

/**
 * Waits until a volume or a snapshot has a status.
 *
 * @param status e.g. `available`, `in-use`
 * @throws OpenStackError `ResourceFailed` for each of Cinder's statuses that begin with `error`; `NotFound` if it
 * vanishes; `WaitTimeout`
 */
export function waitForVolume<T extends { status: string }>(
  volumes: ShowsStatus<T>,
  id: string,
  status: string,
  options: WaitOptions,
): Promise<T> {
  const look = async (call: CallOptions) => {
    const volume = await volumes.show(id, call)
    if (volume.status === status) return { done: volume }
    if (volume.status.startsWith('error')) throw failure(id, volume.status)
    return { state: volume.status }
  }
  return waitFor('block-storage', `volume ${id} to be ${status}`, look, options)
}

/**
 * Waits until Cinder does not know the volume or snapshot any more.
 *
 * @throws OpenStackError `ResourceFailed` if its deletion failed; `WaitTimeout`
 */
export function waitForVolumeGone<T extends { status: string }>(
  volumes: ShowsStatus<T>,
  id: string,
  options: WaitOptions,
): Promise<void> {
  const look = async (call: CallOptions) => {
    try {
      const { status } = await volumes.show(id, call)
      if (status === 'error_deleting') throw failure(id, status)
      return { state: status }
    } catch (error) {
      if (isNotFound(error)) return { done: undefined }
      throw error
    }
  }
  return waitFor('block-storage', `volume ${id} to be gone`, look, options)
}

function failure(id: string, status: string): OpenStackError {
  const details = { code: 'ResourceFailed' as const, service: 'block-storage' }
  return new OpenStackError(`block-storage: volume ${id} is ${status}`, details)
}
