import type { CredentialName } from './credential.ts'

export const imageSharingType = 'imageSharing'
export const imageSharingId = (cloud: string, image: string, project: string): string =>
  `image-sharing/${cloud}/${image}/${project}`

export interface ImageSharingInput {
  pool: string
  cloud: string
  image: { id: string; name: string }
  /** Id of the project that shall be able to boot it. */
  project: string
  /** Who owns the image: the name of their credential, never the credential. */
  owner: CredentialName
  /** By which credential that project accepts: the site's if absent, since it is the cloud's batch project then. `nobody`: it is left to its people. */
  receiver?: CredentialName | 'nobody'
}

export type Membership = 'accepted' | 'pending' | 'rejected'

export interface ImageSharingResult {
  cloud: string
  image: string
  project: string
  /** `public` and `community` images need no member; they are left as they are. */
  visibility: string
  shared: 'already' | 'now' | 'not-needed'
  /** What the project has answered: until it accepts, the image is not in its lists. Absent where none is asked. */
  membership?: Membership
}
