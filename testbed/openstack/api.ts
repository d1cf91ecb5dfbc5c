import { z } from 'zod'

export interface Login {
  user: string
  password: string
  project: string
}

const TokenSchema = z.object({
  token: z.object({
    user: z.object({ id: z.string() }),
    project: z.object({ id: z.string() }),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(z.object({ interface: z.string(), region_id: z.string(), url: z.string() })),
        }),
      )
      .default([]),
  }),
})

/** The services' HTTP APIs as one user, past the fronts, for what an administrator does and `openstack-ts` does not. */
export class Api {
  readonly identity: string
  readonly userId: string
  readonly projectId: string
  readonly #token: string
  readonly #catalog: z.infer<typeof TokenSchema>['token']['catalog']

  private constructor(identity: string, token: string, { token: body }: z.infer<typeof TokenSchema>) {
    this.identity = identity
    this.userId = body.user.id
    this.projectId = body.project.id
    this.#token = token
    this.#catalog = body.catalog
  }

  /** @param identity Keystone's `http://…/v3` */
  static async login(identity: string, { user, password, project }: Login): Promise<Api> {
    const domain = { id: 'default' }
    const auth = {
      identity: { methods: ['password'], password: { user: { name: user, password, domain } } },
      scope: { project: { name: project, domain } },
    }
    const answer = await send('POST', `${identity}/auth/tokens`, { json: { auth } })
    const token = answer.headers.get('x-subject-token') ?? ''
    return new Api(identity, token, TokenSchema.parse(await answer.json()))
  }

  /** @throws Error if the region has no such service */
  url(type: string, region: string): string {
    if (type === 'identity') return this.identity
    const found = this.#catalog
      .find((service) => service.type === type)
      ?.endpoints.find((endpoint) => endpoint.interface === 'internal' && endpoint.region_id === region)
    if (found === undefined) throw new Error(`the catalog of ${this.identity} has no ${type} service in ${region}`)
    return found.url
  }

  async get<T>(url: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await (await send('GET', url, { token: this.#token })).json())
  }

  async post<T>(url: string, json: unknown, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await (await send('POST', url, { token: this.#token, json })).json())
  }

  /** POST whose answer says nothing. */
  async act(url: string, json: unknown): Promise<void> {
    await send('POST', url, { token: this.#token, json })
  }

  async put(url: string, body: { json: unknown } | { bytes: Uint8Array<ArrayBuffer> }): Promise<void> {
    await send('PUT', url, { token: this.#token, ...body })
  }
}

interface Request {
  token?: string
  json?: unknown
  bytes?: Uint8Array<ArrayBuffer>
}

/** @throws Error that says what was asked and what came back */
async function send(method: string, url: string, { token, json, bytes }: Request): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: {
      'content-type': bytes === undefined ? 'application/json' : 'application/octet-stream',
      ...(token !== undefined && { 'x-auth-token': token }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(bytes !== undefined && { body: bytes }),
  })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${(await answer.text()).slice(0, 500)}`)
  return answer
}
