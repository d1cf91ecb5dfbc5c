import { z } from 'zod'

/** Text that services leave out, or send as null. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null)

export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? null)

export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null)

/** A limit; the services say -1 for none, which is a trap for whoever subtracts: here it is null. */
export const limit = z.number().transform((value) => (value < 0 ? null : value))

export const strings = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])

/** A time in UTC as ISO 8601 with its zone; some of Nova's and Neutron's have none. */
export const time = z
  .string()
  .nullish()
  .transform((value) => (value ? (/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`) : null))

/** What every resource has beside its own fields. */
export interface Resource {
  /** What else the cloud sent of it, by its own names and as it was sent: vendors' fields, and those of newer releases. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** The fields of a resource that are known here. */
export type Fields<T extends Resource> = Omit<T, 'extra'>

/**
 * A resource as it is sent: the known fields checked and seen as `view` sees them, all others kept in `extra`.
 *
 * @param shape the known fields by the service's names
 */
export function resource<S extends z.ZodRawShape, T extends object>(
  shape: S,
  view: (body: z.output<z.ZodObject<S>>) => T,
): z.ZodType<T & Resource> {
  const known = z.object(shape)
  return z.unknown().transform((body, context) => {
    const result = known.safeParse(body)
    if (result.success) return { ...view(result.data), extra: beyond(shape, body as Readonly<Record<string, unknown>>) }
    for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path: [...path], message })
    return z.NEVER
  })
}

/** The other fields of a body. A loop of its own, since a list of servers has a hundred thousand of them. */
function beyond(known: object, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const extra: Record<string, unknown> = {}
  // `__proto__` would become the prototype of what is kept.
  for (const name in body) if (!Object.hasOwn(known, name) && name !== '__proto__') extra[name] = body[name]
  return extra
}
