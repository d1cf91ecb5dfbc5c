import type { ProblemData } from '#domain/problem.ts'
import type { Instant } from './units.ts'

export interface ImageQuery {
  cloud?: string | undefined
}

export interface ImageSharingQuery extends ImageQuery {
  /** Names or ids; none: the batch project of each cloud. */
  projects?: readonly string[] | undefined
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

/** One project of one cloud, with which an image shall or shall no longer be shared. */
interface SharingRow {
  cloud: string
  image: string
  id?: string | undefined
  /** Id of the project; as it was named, if it was not found. Absent if the batch project was meant and is not known. */
  project?: string | undefined
  projectName?: string | undefined
  problem?: ProblemData | undefined
}

export interface ImageSharingResult extends SharingRow {
  /** `shared` now, `already` before, `open` to all (public or of the community), the project’s `own`, or `failed`. */
  outcome: 'shared' | 'already' | 'open' | 'own' | 'failed'
  /** What the project has answered. It may boot the image by its id in any case, and has it in its lists once it accepts. */
  membership?: 'accepted' | 'pending' | 'rejected' | undefined
}

export interface ImageUnsharingResult extends SharingRow {
  /** `not-shared`: it was no member. `open`: everybody can boot it. `own`: it is that project’s own image. */
  outcome: 'unshared' | 'not-shared' | 'open' | 'own' | 'failed'
  /** What of this site still needs it; only for the batch project. `unknown`: the queue or Temporal did not answer. */
  usedBy?: ImageUse | 'unknown' | undefined
}

export interface ImageUse {
  /** Submissions whose jobs in the queue are to run from it. */
  submissions: { submission: string; owner: string; jobs: number }[]
  /** Names of worker VMs that run from it. */
  vms: string[]
}
