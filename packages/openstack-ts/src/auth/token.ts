import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'

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

export const tokenBody = z.object({
  token: z.object({
    expires_at: z.string(),
    methods: z.array(z.string()).default([]),
    user: owned,
    project: owned.optional(),
    roles: z.array(named).default([]),
    catalog: z.array(service).default([]),
  }),
})

/** An endpoint of the catalog. */
export type CatalogEndpoint = z.output<typeof endpoint>
export type CatalogService = z.output<typeof service>

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
  /** Milliseconds since the epoch. */
  expiresAt: number
  methods: readonly string[]
  user: Owned
  /** Undefined for a token without a project. */
  project: Owned | undefined
  roles: readonly Named[]
  catalog: readonly CatalogService[]
}

export function tokenFrom(secret: string, body: z.output<typeof tokenBody>): Token {
  const { expires_at, methods, user, project, roles, catalog } = body.token
  return {
    secret: new Secret(secret),
    expiresAt: Date.parse(expires_at),
    methods,
    user: { ...user, domain: user.domain },
    project: project === undefined ? undefined : { ...project, domain: project.domain },
    roles,
    catalog,
  }
}
