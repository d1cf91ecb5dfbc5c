import type { Cloud } from '../cloud.ts'
import { Refusal } from '../refusal.ts'

/** Cinder's defaults (cinder/quota.py). */
export const VOLUME_DEFAULTS: Record<string, number> = {
  volumes: 10,
  snapshots: 10,
  gigabytes: 1000,
  backups: 10,
  backup_gigabytes: 1000,
  per_volume_gigabytes: -1,
  groups: 10,
}

export const volumeLimits = (cloud: Cloud, projectId: string): Record<string, number> => ({
  ...VOLUME_DEFAULTS,
  ...cloud.state.volumeQuotas.get(projectId)?.limits,
})

/** Snapshots take gigabytes as well, unless `no_snapshot_gb_quota` is set. */
export function volumeUsage(cloud: Cloud, projectId: string): Record<string, number> {
  const of = <T extends { projectId: string }>(rows: Iterable<T>): T[] =>
    [...rows].filter((row) => row.projectId === projectId)
  const volumes = of(cloud.state.volumes.values())
  const snapshots = of(cloud.state.volumeSnapshots.values())
  const gigabytes = [...volumes, ...snapshots].reduce((sum, { sizeGb }) => sum + sizeGb, 0)
  return { volumes: volumes.length, snapshots: snapshots.length, gigabytes }
}

/** @throws Refusal 413 in Cinder's words: first of the gigabytes, then of the number. */
export function checkVolumeQuota(
  cloud: Cloud,
  projectId: string,
  resource: 'volumes' | 'snapshots',
  sizeGb: number,
): void {
  const limits = volumeLimits(cloud, projectId)
  const used = volumeUsage(cloud, projectId)
  const limitOf = (name: string): number => limits[name] ?? -1
  const over = (name: string, asked: number): boolean => limitOf(name) >= 0 && (used[name] ?? 0) + asked > limitOf(name)
  if (over('gigabytes', sizeGb))
    throw overLimit(
      'VolumeSizeExceedsAvailableQuota',
      `Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${sizeGb}G, quota is ` +
        `${limitOf('gigabytes')}G and ${used['gigabytes']}G has been consumed.`,
    )
  if (!over(resource, 1)) return
  if (resource === 'snapshots')
    throw overLimit('SnapshotLimitExceeded', `Maximum number of snapshots allowed (${limitOf(resource)}) exceeded`)
  throw overLimit(
    'VolumeLimitExceeded',
    `Maximum number of volumes allowed (${limitOf(resource)}) exceeded for quota 'volumes'.`,
  )
}

const overLimit = (name: string, text: string): Refusal =>
  new Refusal(413, `${name}: ${text}`, { headers: { 'retry-after': '0' } })
