import { z } from 'zod'
import type { Call } from '#testbed/front/behind.ts'
import type { Sight } from '#testbed/front/match.ts'
import { serverWish } from '#testbed/front/server-wish.ts'

const Token = z.object({
  token: z.object({
    user: z.object({ name: z.string() }),
    project: z.object({ id: z.string(), name: z.string() }).optional(),
  }),
})

const Created = z.object({ server: z.object({ id: z.string() }) })

type Owner = z.infer<typeof Token>['token']

/** What a front has learnt from what passed it: whose a token is, and what a server is called. */
export class Acquaintance {
  readonly #owners = new Map<string, Owner>()
  readonly #servers = new Map<string, { name: string; askedAt: number }>()

  /** @returns the tokens of that user and project, which are known no more */
  forget({ user, project }: { user?: string | undefined; project?: string | undefined }): string[] {
    const found = [...this.#owners].flatMap(([token, owner]) =>
      (user === undefined || owner.user.name === user) && (project === undefined || owner.project?.name === project)
        ? [token]
        : [],
    )
    for (const token of found) this.#owners.delete(token)
    return found
  }

  /** Ids of all servers that were ever accepted. */
  servers = (): string[] => [...this.#servers.keys()]

  ownerOf = (request: Request): Owner | undefined => this.#owners.get(request.headers.get('x-auth-token') ?? '')

  nameOf = (serverId: string): string | undefined => this.#servers.get(serverId)?.name

  /** When it was asked for, ms since the epoch. */
  askedAt = (serverId: string): number | undefined => this.#servers.get(serverId)?.askedAt

  async look({ service, request, path }: Call): Promise<Sight> {
    const { project } = this.ownerOf(request) ?? {}
    const wish = await serverWish(request, path)
    const id = serverIn(path)
    return {
      service,
      method: request.method,
      path,
      serverName: wish?.name ?? (id === undefined ? null : (this.nameOf(id) ?? null)),
      flavor: wish === undefined ? [] : [wish.flavor],
      project: project === undefined ? [] : [project.id, project.name],
    }
  }

  /** @returns who asked */
  async learn({ request, path }: Call, name: string | undefined, askedAt: number, response: Response) {
    if (request.method === 'POST' && response.ok) {
      const token = response.headers.get('x-subject-token')
      if (path.startsWith('/identity/v3/auth/tokens') && token !== null) {
        const { data } = Token.safeParse(await response.clone().json())
        if (data !== undefined) this.#owners.set(token, data.token)
        return data?.token
      }
      if (name !== undefined) {
        const { data } = Created.safeParse(await response.clone().json())
        if (data !== undefined) this.#servers.set(data.server.id, { name, askedAt })
      }
    }
    return this.ownerOf(request)
  }
}

/** The id of the server that a path is about. */
export const serverIn = (path: string): string | undefined =>
  /^\/compute\/v2\.1\/servers\/([0-9a-f-]{36})/.exec(path)?.[1]
