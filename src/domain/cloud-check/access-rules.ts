import { failed, passed, skipped, type Check } from '../check.ts'

/** What an application credential may ask for, where that was narrowed down; it may ask for nothing else. */
export interface AccessRule {
  service: string
  method: string
  path: string
}

/** A service as the catalog has it, and whether it takes the credential at all. */
export interface RuledService {
  service: keyof typeof calls
  /** Path of its address, with the version: `/v2.1`. */
  base: string
  /** One of the calls below was refused for the token. */
  refuses: boolean
}

const GET = 'GET'
const POST = 'POST'
const DELETE = 'DELETE'

/** Every call that the worker process makes with the site's credential; `x` stands for an id. */
const calls = {
  compute: [
    [GET, '/servers/detail'],
    [GET, '/servers/x'],
    [POST, '/servers'],
    [DELETE, '/servers/x'],
    [POST, '/servers/x/action'],
    [GET, '/flavors/detail'],
    [GET, '/limits'],
  ],
  image: [
    [GET, '/images'],
    [GET, '/images/x'],
    [GET, '/images/x/members/x'],
    ['PUT', '/images/x/members/x'],
  ],
  network: [
    [GET, '/networks'],
    [GET, '/ports'],
    [DELETE, '/ports/x'],
    [GET, '/floatingips'],
    [DELETE, '/floatingips/x'],
  ],
  'block-storage': [
    [GET, '/limits'],
    [GET, '/volumes/detail'],
    [GET, '/volumes/x'],
    [DELETE, '/volumes/x'],
    [POST, '/volumes/x/action'],
  ],
} as const

/** Keystone obeys rules too: without this one nobody is warned of the end of a credential that has some. */
const tellsItsEnd: AccessRule = { service: 'identity', method: GET, path: '/**/users/*/application_credentials/*' }

/**
 * The rules for an application credential of the batch project: what is asked for and no more, wherever the services are mounted.
 * @param listed types in the catalog: Cinder goes by several names, and a rule is for the one that it has there
 */
export function neededAccessRules(withVolumes: boolean, listed: readonly string[] = []): AccessRule[] {
  const ofVolumes = volumes.filter((type) => listed.includes(type))
  const typesOf = (service: string): readonly string[] => {
    if (service !== 'block-storage') return [service]
    return withVolumes ? (ofVolumes.length > 0 ? ofVolumes : [service]) : []
  }
  const rules = Object.entries(calls).flatMap(([service, own]) =>
    typesOf(service).flatMap((type) =>
      own.map(([method, path]) => ({ service: type, method, path: `/**${path.replaceAll('/x', '/*')}` })),
    ),
  )
  return [...rules, tellsItsEnd]
}

/** What a rotation asks for as the owner of the credentials. */
export const ownerAccessRules: readonly AccessRule[] = [
  { service: 'identity', method: GET, path: '/**/users/*/application_credentials' },
  { service: 'identity', method: POST, path: '/**/users/*/application_credentials' },
  { service: 'identity', method: GET, path: '/**/users/*/application_credentials/*' },
  { service: 'identity', method: DELETE, path: '/**/users/*/application_credentials/*' },
]

/** Names that Cinder goes by; all others have one. */
const volumes = ['block-storage', 'volumev3', 'volumev2', 'volume', 'block-store']

/**
 * Whether the rules of an application credential leave all calls that are made. A service that was not told its own type cannot
 * apply rules and refuses every credential that has some (keystonemiddleware, `validate_allowed_request`).
 */
export function judgeAccessRules(rules: readonly AccessRule[] | null, services: readonly RuledService[]): Check {
  const name = 'access rules'
  if (rules === null) return skipped(name, 'the credential has none')
  const left = services.map((one) => ({ ...one, forbidden: forbiddenCalls(rules, one) }))
  const narrow = left.filter(({ forbidden }) => forbidden.length > 0)
  if (narrow.length > 0) {
    const missing = narrow.flatMap(({ service, forbidden }) => forbidden.map((call) => `${service}: ${call}`))
    return failed(
      name,
      `they do not allow ${missing.join(', ')}`,
      'Make an application credential whose rules allow these as well, or one without rules.',
    )
  }
  const deaf = left.filter(({ refuses }) => refuses).map(({ service }) => service)
  if (deaf.length > 0) {
    return failed(
      name,
      `they allow what is asked, and still it is refused by ${deaf.join(' and ')}`,
      'Ask the cloud’s operators to set service_type in [keystone_authtoken] there as the catalog has it; or use a credential without rules.',
    )
  }
  return passed(name, `${rules.length}, which allow all calls that are made`)
}

function forbiddenCalls(rules: readonly AccessRule[], { service, base }: RuledService): string[] {
  const types = service === 'block-storage' ? volumes : [service as string]
  const own = rules.filter((rule) => types.includes(rule.service))
  return calls[service]
    .filter(([method, path]) => !own.some((rule) => rule.method === method && covers(rule.path, base + path)))
    .map(([method, path]) => `${method} ${path.replaceAll('/x', '/*')}`)
}

/** `*` and `{name}` stand for one part of a path, `**` for any number. */
function covers(pattern: string, path: string): boolean {
  const source = pattern.replace(/\{[^}]*\}|\*\*|\*|[^{}*]+/g, (part) => {
    if (part === '**') return '.*'
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replace(/[\\^$.+?()[\]|]/g, '\\$&')
  })
  return new RegExp(`^${source}$`).test(path)
}
