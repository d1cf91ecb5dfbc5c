/** The last rotation of a cloud, as far as it is remembered; ms since 1970. */
export interface LastRotation {
  ended: number
  /** It came to its end, and left nothing to be done. */
  completed: boolean
}

/** What has failed is tried again this much later, ms: a person has to look first. */
const again = 24 * 3_600_000

/**
 * When a credential is to be rotated, ms since 1970: `every` ms after it was made; at once if its age is not known. A rotation that did
 * not end well is followed by another, which also clears up behind it.
 *
 * @param made when a rotation made it, if one did and if the cloud says so
 * @param every absent: only when somebody asks
 */
export function dueAt(
  made: number | undefined,
  last: LastRotation | undefined,
  every: number | undefined,
): number | undefined {
  if (every === undefined) return undefined
  if (last !== undefined && !last.completed) return last.ended + again
  const since = made ?? last?.ended
  return since === undefined ? 0 : since + every
}
