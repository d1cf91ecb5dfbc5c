import { failed, passed, warned, type Check } from '../check.ts'
import { endsSoon, type CredentialFacts } from './credential.ts'
import { unseen, type Look } from './look.ts'

/** Ids of a user and of a project. */
export interface Who {
  user: string
  project: string | undefined
}

export const ownerCheck = 'rotation owner'

/** Whether the site can rotate the credential by itself: with an owner who may make others of the same user, in the same project. */
export function judgeOwner(look: Look<{ facts: CredentialFacts; who: Who }>, present: Who, now: number): Check {
  if (!('seen' in look)) return unseen(ownerCheck, look)
  const { facts, who } = look.seen
  const detail =
    facts.name === undefined ? `${facts.kind} of ${facts.user}` : `${facts.kind} ${facts.name} of ${facts.user}`
  if (facts.kind === 'token') {
    return failed(ownerCheck, 'a token ends within hours', 'Use an unrestricted application credential.')
  }
  if (facts.restricted === true) {
    const next = 'Make one with --unrestricted, for this alone, and write it into the entry of ownersFile.'
    return failed(ownerCheck, `${detail} is restricted: it can make no others`, next)
  }
  if (who.user !== present.user || who.project !== present.project) {
    const what = who.user === present.user ? 'another project' : 'another user'
    return failed(ownerCheck, `${detail} is ${what}’s`, 'Use one of the batch project’s user, in the batch project.')
  }
  const { expires } = facts
  if (typeof expires === 'number' && endsSoon(expires, now)) {
    const date = new Date(expires).toISOString().slice(0, 16)
    return warned(
      ownerCheck,
      `${detail} ends at ${date} UTC`,
      'Make a new one, and write it into the entry of ownersFile.',
    )
  }
  return passed(ownerCheck, detail)
}
