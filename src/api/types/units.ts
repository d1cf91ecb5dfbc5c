/** A moment as ISO 8601 in UTC, e.g. `2025-11-21T08:00:00.000Z`. */
export type Instant = string

/** A length of time in milliseconds. */
export type Milliseconds = number
