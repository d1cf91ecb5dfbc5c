import type { CredentialName } from './credential.ts'

export const imageUnsharingType = 'imageUnsharing'
export const imageUnsharingId = (cloud: string, image: string, project: string): string =>
  `image-unsharing/${cloud}/${image}/${project}`

export interface ImageUnsharingInput {
  pool: string
  cloud: string
  image: { id: string; name: string }
  /** Id of the project that shall no longer be able to boot it. */
  project: string
  /** Who owns the image: the name of their credential, never the credential. */
  owner: CredentialName
}

export interface ImageUnsharingResult {
  cloud: string
  image: string
  project: string
  /** `open`: everybody can boot it, since it is public or of the community. `own`: it is that project's own image. */
  outcome: 'unshared' | 'not-shared' | 'open' | 'own'
}
