import { describeProgress, type ReplicationProgress } from './progress.ts'

/** What is known of an image's way to a cloud. */
export type CopySeen =
  | { kind: 'under-way'; progress: ReplicationProgress }
  /** It is there, and will be given to the jobs. */
  | { kind: 'there' }
  /** `why`: what went wrong, and what can be done. */
  | { kind: 'failed'; why: string }
  | { kind: 'unknown'; why: string }

/** What is said of a cloud that jobs wait for a copy on. Nothing seen: it has not begun. */
export function copyVerdict(seen: CopySeen | undefined): { verdict: 'copying' | 'copy-failed'; reason: string } {
  switch (seen?.kind) {
    case undefined:
      return {
        verdict: 'copying',
        reason: 'the image is not there yet: it is copied by itself, and jobs run there then',
      }
    case 'under-way':
      return {
        verdict: 'copying',
        reason: `${describeProgress(seen.progress)}; jobs run there once the image is there`,
      }
    case 'there':
      return { verdict: 'copying', reason: 'the image is there; the jobs are about to be given it' }
    case 'failed':
      return { verdict: 'copy-failed', reason: `copying failed: ${seen.why}; it is tried again by itself` }
    case 'unknown':
      return { verdict: 'copying', reason: `how far the copy of the image is, is unknown: ${seen.why}` }
  }
}
