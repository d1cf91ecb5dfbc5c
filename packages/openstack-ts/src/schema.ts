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
