import type { Expected } from './matrix.ts'

/** A token that is worth nothing any more; all services leave that to keystonemiddleware. */
export const expired: Expected = {
  source: 'observed',
  status: 401,
  says: 'The request you have made requires authentication.',
}

/** Nova's policy, by the name of its rule without `os_compute_api:`. */
export const novaForbids = (rule: string): Expected => ({
  source: 'observed',
  status: 403,
  says: `Policy doesn't allow os_compute_api:${rule} to be performed.`,
})

/** Nova hides what is another project's as if there were none. */
export const noServer: Expected = { source: 'observed', status: 404, says: 'Instance <id> could not be found.' }

export const refused = (status: number, says: string): Expected => ({ source: 'observed', status, says })
