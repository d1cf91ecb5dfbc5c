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
  const known = new Set(Object.keys(shape))
  return z.looseObject(shape).transform((body) => {
    const [fields, extra] = [true, false].map((wanted) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => known.has(name) === wanted)),
    )
    return { ...view(fields as z.output<z.ZodObject<S>>), extra: extra ?? {} }
  })
}
