import type { RotationState } from '#contract/credential-rotation.ts'
import type { ProblemData } from '#domain/problem.ts'
import type { Instant } from './units.ts'

export interface Rotation {
  cloud: string
  workflowId: string
  webUrl: string
  /** Who makes the new one: `the site`, or the user that has lent their credential for it. */
  owner: string
  /** One was on its way already. */
  alreadyRunning: boolean
}

export interface RotationStatus {
  state: RotationState | 'failed'
  /** The new one, once it is in clouds.yaml. */
  credential?: { id: string; name: string; ends: Instant; accessRules: boolean } | undefined
  /** When the older one goes. */
  retires?: Instant | undefined
  /** Names of those that were deleted; at the end. */
  deleted?: string[] | undefined
  message: string
  problem?: ProblemData | undefined
}
