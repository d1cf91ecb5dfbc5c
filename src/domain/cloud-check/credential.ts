import { failed, passed, skipped, warned, type Check } from '../check.ts'
import { unseen, type Look } from './look.ts'

export type CredentialKind = 'password' | 'application credential' | 'token'

export interface CredentialFacts {
  kind: CredentialKind
  user: string
  /** Of an application credential. */
  name?: string
  /** Whether an application credential can make no others; absent for other kinds. */
  restricted?: boolean
  /** When a rotation made it, ms since 1970; absent if none did, or if the cloud does not say. */
  made?: number | undefined
  /** ms since 1970; `never`; or why it is not known. */
  expires: number | 'never' | { unknown: string }
}

const day = 86_400_000

/** So long before its end an operator hears of it, ms: a new credential may have to be asked for. */
const notice = 28 * day

/** Both in ms since 1970. */
export const endsSoon = (expires: number, now: number): boolean => expires - now <= notice

/** How the site's credential fares: whether it is taken, how long it lasts, and whether it can do more than it must. */
export function judgeCredential(kind: CredentialKind, look: Look<CredentialFacts>, now: number): Check[] {
  const check = accepted(kind, look)
  if (!('seen' in look)) return [check]
  return [check, expiry(look.seen, now), rights(look.seen)]
}

function accepted(kind: CredentialKind, look: Look<CredentialFacts>): Check {
  const name = 'credential'
  if ('seen' in look) {
    const { user, name: own } = look.seen
    return passed(name, own === undefined ? `${kind} of ${user}` : `${kind} ${own} of ${user}`)
  }
  if (look.code === 'Unauthorized') {
    return failed(
      name,
      `Keystone refuses the ${kind}: it is wrong, expired or deleted, or its user has lost the project`,
      'Make a new one, and write it into the entry of clouds.yaml.',
    )
  }
  if (look.code === 'BadReply' || look.code === 'NotFound') {
    return failed(name, look.why, 'Correct auth_url in the entry of clouds.yaml: it is the address of a Keystone.')
  }
  return unseen(name, look)
}

function expiry({ kind, expires }: CredentialFacts, now: number): Check {
  const name = 'credential expiry'
  if (kind === 'token') {
    return failed(
      name,
      'a token ends within hours, and nobody can renew it',
      'Use an application credential of the batch project.',
    )
  }
  if (expires === 'never') return passed(name, 'none')
  if (typeof expires === 'object') {
    return warned(
      name,
      `not known: ${expires.unknown}`,
      'openstack application credential show tells it; note it down.',
    )
  }
  const left = expires - now
  const date = new Date(expires).toISOString().slice(0, 16)
  const detail = `${date} UTC, in ${Math.floor(left / day)} days`
  if (!endsSoon(expires, now)) return passed(name, detail)
  return warned(
    name,
    detail,
    'Make a new one and put it into clouds.yaml before that day (docs/rotate-credentials.md); no restart is needed.',
  )
}

function rights({ kind, restricted }: CredentialFacts): Check {
  const name = 'credential rights'
  if (restricted === undefined) return skipped(name, `a ${kind} has all rights of its user`)
  if (restricted) return passed(name, 'restricted: it can make no further credentials')
  return warned(
    name,
    'unrestricted: whoever reads it can make further credentials, which outlive it',
    'Make one without --unrestricted: nothing here needs that.',
  )
}
