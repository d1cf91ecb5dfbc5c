/** What Cinder shows of a volume that was made for a VM whose server is gone. */
export interface LeftVolume {
  status: string
  /** Ids of the servers that it is attached to, as far as they are named. */
  servers: readonly (string | null)[]
}

/**
 * What is to be done about it: `delete` it; `force` its deletion; `wait`, for the cloud is about it or believes that it is in use;
 * `leave` it alone: by now it is attached to something that is not ours, so it is somebody's.
 */
export type VolumeFate = 'delete' | 'force' | 'wait' | 'leave'

/** Statuses in which Cinder deletes a volume that is asked for (cinder/volume/api.py). */
const deletable = new Set(['available', 'error', 'error_restoring', 'error_extending', 'error_managing'])

/**
 * @param own servers of the VM, all of them gone
 * @param patient whether a volume that seems to be in use may still become free by itself: Nova detaches it after the server
 */
export function fateOf({ status, servers }: LeftVolume, own: ReadonlySet<string>, patient: boolean): VolumeFate {
  if (servers.some((server) => server === null || !own.has(server))) return 'leave'
  if (status === 'deleting') return 'wait'
  if (status === 'error_deleting') return 'force'
  if (deletable.has(status) && servers.length === 0) return 'delete'
  // one that is attached to nothing and yet not free may be on its way to somebody else
  return patient || servers.length === 0 ? 'wait' : 'force'
}
