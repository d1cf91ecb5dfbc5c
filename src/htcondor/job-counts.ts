import type { SubmissionCounts } from './submission-counts.ts'

/** Counts as people read them: what runs for the machine runs for them, and what is not made yet waits. */
export function countsOf({
  idle,
  unmaterialised,
  running,
  suspended,
  held,
  transferring,
  completed,
  removed,
}: SubmissionCounts) {
  return {
    idle: idle + unmaterialised,
    running: running + suspended,
    held,
    transferring,
    completed,
    failed: 0,
    removed,
  }
}
