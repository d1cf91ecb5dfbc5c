import type { Context } from 'hono'
import type { z } from 'zod'
import { badRequest } from './refusal.ts'

/** @throws Refusal 400 when the body is no JSON. */
export async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('Malformed request body')
  }
}

/** @throws Refusal 400 in the words of Nova's and Keystone's schema checks. */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  if (issue === undefined) throw badRequest('Malformed request body')
  if (issue.code === 'unrecognized_keys')
    throw badRequest(`Additional properties are not allowed ('${issue.keys[0]}' was unexpected)`)
  throw badRequest(`Invalid input for field/attribute ${issue.path.join('/')}. ${issue.message}`)
}
