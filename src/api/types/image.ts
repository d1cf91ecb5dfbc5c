import type { ProblemData } from '#domain/problem.ts'
import type { Instant } from './units.ts'

export interface ImageQuery {
  cloud?: string | undefined
}

export interface ImageRow {
  name: string
  id: string
  cloud: string
  project?: string | undefined
  status: string
  visibility: string
  sizeBytes?: number | undefined
  createdAt?: Instant | undefined
  /** Whether the batch project can boot it. */
  usable: boolean
}

export interface ImageSharingResult {
  cloud: string
  image: string
  id?: string | undefined
  /** `shared` now, `already` before, `open` to all, or `failed`. */
  outcome: 'shared' | 'already' | 'open' | 'failed'
  problem?: ProblemData | undefined
}
