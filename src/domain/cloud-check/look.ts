import { failed, type Check } from '../check.ts'

/** What a call to the cloud showed, or why it showed nothing; `code` is the client library's, or `Other`. */
export type Look<T> = { seen: T } | Unseen

export interface Unseen {
  code: string
  why: string
}

/** The check of something that could not be looked at. */
export function unseen(name: string, { code, why }: Unseen): Check {
  switch (code) {
    case 'Unauthorized':
      return failed(name, `the service refuses the credential: ${why}`, 'Look at the check of the access rules first.')
    case 'Forbidden':
      return failed(name, `the cloud does not allow to look: ${why}`, 'Ask the cloud’s operators for a role that may.')
    case 'TlsRefused':
      return failed(name, why, 'Name the authority that signs the cloud’s certificates: cacert in clouds.yaml.')
    default:
      return failed(name, why, 'Try again; if it lasts, ask the cloud’s operators.')
  }
}
