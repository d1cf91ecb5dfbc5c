import type { CredentialName } from './credential.ts'
import type { Question } from './questions.ts'
import { define } from './define.ts'

export const credentialRotationType = 'credentialRotation'
export const credentialRotationId = (cloud: string): string => `credential-rotation/${cloud}`

/** Who asked for it, if nobody did but the site's configuration. */
export const bySchedule = 'schedule'

/** A new credential that the worker process does not use after this has an alarm, ms. */
export const usedWithinMs = 3_600_000

export interface CredentialRotationInput {
  pool: string
  cloud: string
  /** {@link bySchedule}, or a user. */
  by: string
  /** Who may make and delete the batch project's credentials: an entry of the site's own, or what a person has lent; its name, never itself. */
  owner: 'site' | CredentialName
  /** How long the new one is valid, ms. */
  lifetimeMs: number
  /** How long the older one stays after the new one is used, ms. */
  graceMs: number
  /** A new one that is not used after this has an alarm, ms. */
  useMs: number
}

/** The memo that goes with each: what has to be removed if it is ended from outside. */
export interface RotationMemo {
  /** The account whose rights open what was lent; absent if nothing was. */
  user?: string
  credentials: string[]
}

export function rotationMemo({ owner }: CredentialRotationInput): RotationMemo {
  if (owner === 'site') return { credentials: [] }
  return { credentials: [owner.file], ...(owner.user === undefined ? {} : { user: owner.user }) }
}

/** What a rotation has made, without what only the worker process may know of it. */
export interface MadeCredential {
  id: string
  name: string
  /** ms since 1970 */
  expires: number
  /** It has access rules; a service without `service_type` refuses every credential that has some. */
  ruled: boolean
  /** Id of the one whose place it takes. */
  replaces?: string
}

export type RotationState = 'preparing' | 'making' | 'taking-over' | 'grace' | 'retiring' | 'rotated'

export interface CredentialRotationView {
  state: RotationState
  made?: MadeCredential
  /** When the older one goes, ms since 1970. */
  retiresAt?: number
}

export interface CredentialRotationResult {
  cloud: string
  by: string
  made: MadeCredential
  /** Names of those that were deleted. */
  deleted: string[]
  /** Somebody has put the older one back into clouds.yaml: it was left alone. */
  putBack?: boolean
}

export const rotationView: Question<CredentialRotationView> = define('query', 'rotationView')
