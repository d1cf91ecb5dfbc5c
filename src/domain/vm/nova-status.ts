import type { VmReason } from './reason.ts'

/**
 * What a server's status means for a VM of ours. `maintenance` is somebody's doing, not a fault: it is waited out.
 * `gone` is as good as a 404: with reclaim_instance_interval Nova keeps deleted servers for a while.
 */
export type ServerMeaning = 'building' | 'active' | 'error' | 'off' | 'maintenance' | 'gone' | 'unknown'

/** Every status of Nova's API reference, "Server status". */
const meanings: Record<string, ServerMeaning> = {
  ACTIVE: 'active',
  BUILD: 'building',
  DELETED: 'gone',
  ERROR: 'error',
  HARD_REBOOT: 'maintenance',
  MIGRATING: 'maintenance',
  PASSWORD: 'maintenance',
  PAUSED: 'maintenance',
  REBOOT: 'maintenance',
  REBUILD: 'maintenance',
  RESCUE: 'maintenance',
  RESIZE: 'maintenance',
  REVERT_RESIZE: 'maintenance',
  SHELVED: 'maintenance',
  SHELVED_OFFLOADED: 'maintenance',
  SHUTOFF: 'off',
  SOFT_DELETED: 'gone',
  SUSPENDED: 'maintenance',
  UNKNOWN: 'unknown',
  VERIFY_RESIZE: 'maintenance',
}

export function meaningOf(status: string): ServerMeaning {
  return meanings[status.toUpperCase()] ?? 'unknown'
}

/** Which of our reasons a fault's or refusal's text stands for. The texts are Nova's own (nova/exception.py). */
export function reasonOfFault(text: string): VmReason {
  if (/no valid host|insufficient compute|not enough (hosts|resources)|no allocation candidates/i.test(text))
    return 'NoCapacity'
  if (/quota/i.test(text)) return 'QuotaExceeded'
  if (
    /find requested image|image .*(unacceptable|not found|could not be found|not active|corrupt|too (big|large))|ImageNotFound|disk is too small|larger than volume size|unsupported image/i.test(
      text,
    )
  ) {
    return 'ImageUnusable'
  }
  return 'CloudError'
}
