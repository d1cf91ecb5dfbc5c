import { z } from 'zod'

/** What a rule does to the request that it matches. */
export const EffectSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), ms: z.int().positive() }),
  /** The service refuses: 429 and 503 carry Retry-After when it is given (seconds). */
  z.strictObject({
    kind: z.literal('status'),
    status: z.union([
      z.literal(400),
      z.literal(401),
      z.literal(403),
      z.literal(404),
      z.literal(409),
      z.literal(413),
      z.literal(429),
      z.literal(500),
      z.literal(502),
      z.literal(503),
      z.literal(504),
    ]),
    retryAfter: z.int().nonnegative().optional(),
    message: z.string().optional(),
  }),
  /** Does what was asked, then closes the connection without an answer. */
  z.strictObject({ kind: z.literal('act-then-drop') }),
  /** Does what was asked and never answers. */
  z.strictObject({ kind: z.literal('act-then-hang') }),
  /** Closes the connection at once and does what was asked later. */
  z.strictObject({ kind: z.literal('drop-then-act-late'), ms: z.int().nonnegative() }),
  /** Closes the connection and does nothing. */
  z.strictObject({ kind: z.literal('drop') }),
  /** Never answers, never acts. */
  z.strictObject({ kind: z.literal('hang') }),
  /** A list ends after so many entries and says nothing of a next page. */
  z.strictObject({ kind: z.literal('half-list'), keep: z.int().nonnegative() }),
  /** The server of an accepted create never leaves BUILD. */
  z.strictObject({ kind: z.literal('stuck-building') }),
  /** The server of an accepted create goes to ERROR. */
  z.strictObject({
    kind: z.literal('build-error'),
    text: z.string().default('Injected fault'),
    code: z.int().default(500),
  }),
  /** The scheduler finds no host for the server of an accepted create. */
  z.strictObject({ kind: z.literal('no-capacity') }),
  /** An accepted delete never ends; or not until it is forced, as when its message to the host was lost. */
  z.strictObject({ kind: z.literal('stuck-deleting'), untilForced: z.boolean().default(false) }),
  /** The deleted server leaves its ports behind. */
  z.strictObject({ kind: z.literal('keep-ports') }),
  /** The deleted server leaves its volumes behind: free, as if they were still attached to it, or half deleted. */
  z.strictObject({
    kind: z.literal('keep-volumes'),
    as: z.enum(['available', 'in-use', 'error_deleting']).default('available'),
  }),
  /** One byte of an image's data is another than was stored, or than was sent. */
  z.strictObject({ kind: z.literal('wrong-data') }),
])

export const RuleInputSchema = z.strictObject({
  match: z
    .strictObject({
      service: z.enum(['identity', 'image', 'compute', 'network', 'block-storage', 'placement']).optional(),
      method: z.string().optional(),
      /** Regular expression over the path and query behind the host. */
      pathRegex: z.string().optional(),
      /** Regular expression over the server's name: of the body on create, of the row on paths below /servers/ID. */
      name: z.string().optional(),
      /** Flavor name or id of a create. */
      flavor: z.string().optional(),
      /** Project name or id of the token. */
      project: z.string().optional(),
    })
    .prefault({}),
  /** How many requests it strikes; null = until it is removed. */
  times: z.int().positive().nullable().default(1),
  /** How many matching requests pass unharmed first. */
  skip: z.int().nonnegative().default(0),
  /** Share of matching requests that it strikes; drawn from a generator that `seed` starts. */
  chance: z.number().min(0).max(1).default(1),
  seed: z.int().nonnegative().default(1),
  effect: EffectSchema,
})

export type Effect = z.infer<typeof EffectSchema>
export type RuleInput = z.input<typeof RuleInputSchema>

/** A rule in force, with what is left of it. */
export type Rule = z.infer<typeof RuleInputSchema> & { id: string; struck: number; draws: number }
