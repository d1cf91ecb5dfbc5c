import type { CredentialName } from './credential.ts'

export const imageSharingType = 'imageSharing'
export const imageSharingId = (cloud: string, image: string, project: string): string =>
  `image-sharing/${cloud}/${image}/${project}`

export interface ImageSharingInput {
  pool: string
  cloud: string
  image: { id: string; name: string }
  /** The project that shall be able to boot it: the cloud's batch project. */
  project: string
  /** Who owns the image: the name of their credential, never the credential. */
  owner: CredentialName
}

export interface ImageSharingResult {
  cloud: string
  image: string
  project: string
  /** `public` and `community` images need no member; they are left as they are. */
  visibility: string
  shared: 'already' | 'now' | 'not-needed'
}
