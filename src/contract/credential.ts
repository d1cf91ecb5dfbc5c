/**
 * The name of a credential: where it is kept, not what it is. Secrets never enter Temporal; the worker process reads the
 * file with the user's own rights when it needs it.
 */
export interface CredentialName {
  /** A clouds.yaml, readable by the user. */
  file: string
  /** The entry in it. */
  entry: string
  /** The account whose rights open it; `undefined` for the site's own. */
  user?: string
}
