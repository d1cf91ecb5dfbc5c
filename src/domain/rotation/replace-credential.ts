import { isMap, isScalar, LineCounter, parseDocument, type Document, type Scalar, type YAMLMap } from 'yaml'
import { Problem } from '../problem.ts'

/** An application credential as an entry of clouds.yaml has it. */
export interface FreshCredential {
  id: string
  name: string
  secret: string
}

const keys = {
  application_credential_id: 'id',
  application_credential_name: 'name',
  application_credential_secret: 'secret',
} as const

type Part = (typeof keys)[keyof typeof keys]

interface Edit {
  from: number
  to: number
  text: string
}

/**
 * A clouds.yaml, or the secure.yaml beside it, with another application credential in one entry. Every other byte stays as it is:
 * comments, order, spacing, quotes. What the entry does not have is not added, except the id beside a secret that stands alone.
 *
 * @param where path of the file, for what is said
 * @returns the same text if the entry has no part of a credential in this file
 * @throws Problem `CloudsFileInvalid`; `CredentialNotReplaceable` if it stands behind an anchor, or in another unusual form
 */
export function replaceCredential(text: string, entry: string, fresh: FreshCredential, where: string): string {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    // the parser's own message quotes the line, which may hold a secret
    throw new Problem({
      code: 'CloudsFileInvalid',
      kind: 'auth',
      where: `${where}:${lines.linePos(error.pos[0]).line}`,
      message: `this is not valid YAML: ${error.code}`,
      next: 'Correct the file.',
    })
  }
  const refuse = (at: number, why: string): Problem =>
    new Problem({
      code: 'CredentialNotReplaceable',
      kind: 'auth',
      where: `${where}:${lines.linePos(at).line}`,
      message: `the credential of ${entry} cannot be replaced here: ${why}`,
      next: 'Write it as plain text into the entry itself: application_credential_id and application_credential_secret below auth.',
    })
  const own = document.getIn(['clouds', entry], true)
  if (own === undefined) return text
  if (!isMap(own)) throw refuse(0, 'the entry is no mapping of its own')
  const edits = mapsOf(own, refuse).flatMap((map) => editsOf(map, fresh, text, lines, refuse))
  const changed = edits
    .toSorted((one, other) => other.from - one.from)
    .reduce((rest, { from, to, text: instead }) => rest.slice(0, from) + instead + rest.slice(to), text)
  if (!sameBut(document, parseDocument(changed), entry)) throw refuse(own.range?.[0] ?? 0, 'others share its anchor')
  return changed
}

/** Old files have the keys of `auth` beside it. */
function mapsOf(own: YAMLMap, refuse: (at: number, why: string) => Problem): YAMLMap[] {
  const auth = own.get('auth', true) as unknown
  if (auth === undefined) return [own]
  if (isMap(auth)) return [own, auth]
  throw refuse(own.range?.[0] ?? 0, 'auth is no mapping of its own')
}

function editsOf(
  map: YAMLMap,
  fresh: FreshCredential,
  text: string,
  lines: LineCounter,
  refuse: (at: number, why: string) => Problem,
): Edit[] {
  const parts = new Map<Part, { key: Scalar; edit: Edit }>()
  for (const { key, value } of map.items) {
    const part = isScalar(key) ? keys[String(key.value).replaceAll('-', '_') as keyof typeof keys] : undefined
    if (!isScalar(key) || part === undefined) continue
    const at = key.range?.[0] ?? 0
    if (!isScalar(value) || !isOneLine(value)) throw refuse(at, `${String(key.value)} is not plain text`)
    const [from, to] = value.range ?? [0, 0]
    parts.set(part, { key, edit: { from, to, text: JSON.stringify(fresh[part]) } })
  }
  const edits = [...parts.values()].map(({ edit }) => edit)
  const alone = parts.get('secret')
  if (alone === undefined || parts.has('id') || parts.has('name')) return edits
  const at = alone.key.range?.[0] ?? 0
  const quote = text[at] === '"' ? '"' : ''
  const own = `${quote}application_credential_id${quote}: ${JSON.stringify(fresh.id)}`
  const { col } = lines.linePos(at)
  return [...edits, { from: at, to: at, text: map.flow === true ? `${own}, ` : `${own}\n${' '.repeat(col - 1)}` }]
}

const isOneLine = ({ type, source }: Scalar): boolean =>
  type === 'PLAIN' ? source !== '' : type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'

/** Whether both say the same of everything but the credential of one entry. */
function sameBut(before: Document, after: Document, entry: string): boolean {
  const [one, other] = [before, after].map((document) => {
    const tree = document.toJS() as { clouds: Record<string, unknown> }
    return JSON.stringify({ ...tree, clouds: { ...tree.clouds, [entry]: withoutCredential(tree.clouds[entry]) } })
  })
  return after.errors.length === 0 && one === other
}

function withoutCredential(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (Object.hasOwn(keys, key.replaceAll('-', '_'))) return []
      return [[key, key === 'auth' ? withoutCredential(inner) : inner]]
    }),
  )
}
