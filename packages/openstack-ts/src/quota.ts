import { z } from 'zod'
import { limit } from './schema.ts'

/** One resource of a quota. */
export interface Quota {
  /** Null is none. */
  limit: number | null
  used: number
  /** Claimed by what is being made. */
  reserved: number
}

/** Nova says `in_use`, Neutron `used`. */
export const quota = z
  .object({ limit, in_use: z.number().optional(), used: z.number().optional(), reserved: z.number().default(0) })
  .transform((body): Quota => ({ limit: body.limit, used: body.in_use ?? body.used ?? 0, reserved: body.reserved }))

/** The resources of a quota set; what else the body has (its id) is left out. */
export function quotasOf(body: Readonly<Record<string, unknown>>): Record<string, Quota> {
  const quotas: Record<string, Quota> = {}
  for (const [name, value] of Object.entries(body)) {
    const parsed = quota.safeParse(value)
    if (parsed.success) quotas[name] = parsed.data
  }
  return quotas
}

/** Limits by the service's own names; null is none. */
export type QuotaLimits = Record<string, number | null>

/** The limits of a set that has no usage beside them. */
export function limitsOf(body: Readonly<Record<string, unknown>>): QuotaLimits {
  const limits: QuotaLimits = {}
  for (const [name, value] of Object.entries(body)) {
    const parsed = limit.safeParse(value)
    if (parsed.success) limits[name] = parsed.data
  }
  return limits
}

/** Limits as the services want to be told them: null as -1, what is not named is left as it is. */
export function limitsBody(limits: Readonly<Record<string, number | null | undefined>>): Record<string, number> {
  const body: Record<string, number> = {}
  for (const [name, value] of Object.entries(limits)) if (value !== undefined) body[name] = value ?? -1
  return body
}
