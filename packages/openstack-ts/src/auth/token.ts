import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'
import { time } from '../schema.ts'
import type { AllowedRequest } from '../identity/access-rules.ts'

const named = z.object({ id: z.string(), name: z.string() })
const owned = named.extend({ domain: named.optional() })

const endpoint = z
  .object({ interface: z.string(), region: z.string().nullish(), region_id: z.string().nullish(), url: z.string() })
  .transform(({ interface: kind, region, region_id, url }) => ({
    // Old catalogs say publicURL.
    interface: kind.replace(/URL$/, ''),
    region: region_id ?? region ?? undefined,
    url,
  }))

const service = z
  .object({ type: z.string(), name: z.string().optional(), endpoints: z.array(endpoint).default([]) })
  .transform(({ type, name, endpoints }) => ({ type, name, endpoints }))

const accessRule = z.object({ service: z.string(), method: z.string(), path: z.string() })

const applicationCredential = z
  .object({
    id: z.string(),
    name: z.string(),
    restricted: z.boolean().default(true),
    access_rules: z.array(accessRule).nullish(),
  })
  .transform(({ access_rules, ...rest }): TokenCredential => ({ ...rest, accessRules: access_rules ?? null }))

export const tokenBody = z.object({
  token: z.object({
    expires_at: z.string(),
    issued_at: z.string().optional(),
    methods: z.array(z.string()).default([]),
    user: owned.extend({ password_expires_at: time }),
    project: owned.optional(),
    roles: z.array(named).default([]),
    catalog: z.array(service).default([]),
    application_credential: applicationCredential.optional(),
  }),
})

/** An endpoint of the catalog. */
export type CatalogEndpoint = z.output<typeof endpoint>
export type CatalogService = z.output<typeof service>

/** The application credential that a token came from. */
export interface TokenCredential extends Named {
  /** It cannot make further application credentials and trusts. */
  restricted: boolean
  /** Null if it may ask for all that its roles allow. */
  accessRules: AllowedRequest[] | null
}

export interface Named {
  id: string
  name: string
}

export interface Owned extends Named {
  domain: Named | undefined
}

/** A token and what Keystone says about it. */
export interface Token {
  secret: Secret
  /** Milliseconds since the epoch, by Keystone's clock. */
  expiresAt: number
  /** How long it was still valid when Keystone answered, in milliseconds: says the same without a clock. */
  lifetimeMs: number
  methods: readonly string[]
  user: Owned
  /** ISO 8601; null if the user's password does not expire. */
  passwordExpiresAt: string | null
  /** Undefined for a token that came from none. */
  applicationCredential: TokenCredential | undefined
  /** Undefined for a token without a project. */
  project: Owned | undefined
  roles: readonly Named[]
  catalog: readonly CatalogService[]
}

/** @param date the reply's `Date`: what Keystone's clock said */
export function tokenFrom(secret: string, body: z.output<typeof tokenBody>, date: string | undefined): Token {
  const { expires_at, issued_at, methods, user, project, roles, catalog, application_credential } = body.token
  const { password_expires_at, domain, ...who } = user
  const expiresAt = Date.parse(expires_at)
  const answeredAt = [date, issued_at].map((text) => Date.parse(text ?? '')).find((ms) => !Number.isNaN(ms))
  return {
    secret: new Secret(secret),
    expiresAt,
    lifetimeMs: expiresAt - (answeredAt ?? Date.now()),
    methods,
    user: { ...who, domain },
    passwordExpiresAt: password_expires_at,
    applicationCredential: application_credential,
    project: project === undefined ? undefined : { ...project, domain: project.domain },
    roles,
    catalog,
  }
}
