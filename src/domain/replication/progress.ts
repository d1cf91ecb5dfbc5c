export type ReplicationState = 'looking' | 'preparing' | 'fetching' | 'sending' | 'confirming' | 'already' | 'copied'

/** How far a copy is; each byte goes twice: from the source to the worker process, and on to the target. */
export interface ReplicationProgress {
  state: ReplicationState
  fetchedBytes: number
  sentBytes: number
  /** 0 until the source has been looked at. */
  sizeBytes: number
}

/** Whole percents; 100 only when everything has been sent. */
export function percentOf({ fetchedBytes, sentBytes, sizeBytes }: ReplicationProgress): number {
  if (sizeBytes === 0) return 0
  const share = (Math.min(fetchedBytes, sizeBytes) + Math.min(sentBytes, sizeBytes)) / (2 * sizeBytes)
  return Math.floor(100 * share)
}

export function describeProgress(progress: ReplicationProgress): string {
  switch (progress.state) {
    case 'looking':
      return 'looking for a copy that is there'
    case 'preparing':
      return 'preparing the copy'
    case 'fetching':
    case 'sending':
      return `copying, ${percentOf(progress)} %`
    case 'confirming':
      return 'comparing the hashes'
    case 'already':
      return 'it was there already'
    case 'copied':
      return 'copied, with the same hash'
  }
}
