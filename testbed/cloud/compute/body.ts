import type { Context } from 'hono'
import { z } from 'zod'
import { badRequest } from '../refusal.ts'
import { pythonText } from '../python-text.ts'

/** Of Nova's and Cinder's requests: no body at all is None. @throws Refusal 400 when it is no JSON. */
export async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('Malformed request body')
  }
}

/**
 * The body, if it fits.
 * @throws Refusal 400 in the words of Nova's schema checks (nova/api/validation/validators.py): the last part of the path, the
 * value there as Python prints it, and what jsonschema says of it.
 */
export function checkBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue === undefined) throw badRequest('Malformed request body')
  const missing = valueAt(body, issue.path) === undefined
  const path = missing ? issue.path.slice(0, -1) : issue.path
  const value = valueAt(body, path)
  const why = missing ? `'${String(issue.path.at(-1))}' is a required property` : reason(issue, value)
  throw path.length === 0 ? badRequest(why) : invalid(String(path.at(-1)), value, why)
}

export const invalid = (field: string, value: unknown, why: string) =>
  badRequest(
    `Invalid input for field/attribute ${field}. Value: ${typeof value === 'string' ? value : pythonText(value)}. ${why}`,
  )

/** Python's reading of base64 skips what is none of its letters. */
export const base64Text = z.string().refine((text) => text.replaceAll(/[^A-Za-z0-9+/=]/g, '').length % 4 === 0, {
  error: (issue) => `${pythonText(issue.input)} is not a 'base64'`,
})

const valueAt = (body: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), body)

/** What jsonschema says where zod has this issue. */
function reason(issue: z.core.$ZodIssue, value: unknown): string {
  const text = pythonText(value)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const names = issue.keys.map((key) => `'${key}'`).join(', ')
      return `Additional properties are not allowed (${names} ${issue.keys.length > 1 ? 'were' : 'was'} unexpected)`
    }
    case 'too_small':
      return issue.origin === 'string' ? `${text} is too short` : `${text} is less than the minimum of ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `${text} is too long`
        : `${text} is greater than the maximum of ${issue.maximum}`
    case 'invalid_type':
      return `${text} is not of type '${TYPES[issue.expected] ?? issue.expected}'`
    case 'invalid_format':
      return `${text} does not match '${issue.pattern ?? issue.format}'`
    case 'invalid_value':
      return `${text} is not one of ${pythonText(issue.values)}`
    case 'invalid_union':
      return `${text} is not valid under any of the given schemas`
    default:
      return issue.message
  }
}

const TYPES: Readonly<Record<string, string>> = { record: 'object', int: 'integer' }
