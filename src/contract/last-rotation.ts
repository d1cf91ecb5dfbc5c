import type { LastRotation } from '#domain/rotation/due.ts'

/** What is read of a described workflow. */
interface Described {
  status: { name: string }
  closeTime?: Date
}

/** What a rotation's workflow says of the last run; undefined while it runs. */
export function lastRotation({ status, closeTime }: Described): LastRotation | undefined {
  if (closeTime === undefined) return undefined
  return { ended: closeTime.getTime(), completed: status.name === 'COMPLETED' }
}
