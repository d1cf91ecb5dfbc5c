import { z } from 'zod'
import { number, resource, strings, text, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import type { PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** On one host, on different ones, or as far as it can be done; the soft ones from 2.15. */
export type ServerGroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity'

/** Servers that shall be placed near to or far from each other: `schedulerHints: { group: id }` when they are made. */
export interface ServerGroup extends Resource {
  id: string
  name: string
  /** {@link ServerGroupPolicy}, or what an old cloud has. */
  policy: string | null
  /** With `anti-affinity`, from 2.64; null is one. */
  maxServersPerHost: number | null
  /** Ids of servers. */
  members: string[]
  /** From 2.13. */
  projectId: string | null
  userId: string | null
}

export interface ServerGroupCreate {
  name: string
  policy: ServerGroupPolicy
  /** With `anti-affinity`; from 2.64. Default of Nova: 1. */
  maxServersPerHost?: number | undefined
}

const group = resource(
  {
    id: z.string(),
    name: z.string(),
    // A list of one before 2.64.
    policies: strings,
    policy: text,
    rules: z.object({ max_server_per_host: number }).nullish(),
    members: strings,
    project_id: text,
    user_id: text,
  },
  (body): Fields<ServerGroup> => ({
    id: body.id,
    name: body.name,
    policy: body.policy ?? body.policies[0] ?? null,
    maxServersPerHost: body.rules?.max_server_per_host ?? null,
    members: body.members,
    projectId: body.project_id,
    userId: body.user_id,
  }),
)

const one = z.object({ server_group: group }).transform((body) => body.server_group)
const page = z.object({ server_groups: z.array(group) }).transform((body) => body.server_groups)

/** https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups */
export class ServerGroups {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** @param filter `allProjects`: those of every project, for administrators */
  async *list(
    filter: { allProjects?: boolean | undefined } = {},
    options: PageOptions = {},
  ): AsyncGenerator<ServerGroup, void, undefined> {
    const { pageSize, ...call } = options
    const allProjects = filter.allProjects === true ? true : undefined
    // Nova gives no link to a next page here: the end is where nothing comes any more.
    for (let offset = 0; ;) {
      const query = { all_projects: allProjects, limit: pageSize, offset: offset === 0 ? undefined : offset }
      const groups = await this.#client.get('/os-server-groups', page, { ...call, query })
      yield* groups
      if (groups.length === 0) return
      offset += groups.length
    }
  }

  show(id: string, options: CallOptions = {}): Promise<ServerGroup> {
    return this.#client.get(path`/os-server-groups/${id}`, one, options)
  }

  async create(create: ServerGroupCreate, options: CallOptions = {}): Promise<ServerGroup> {
    const { name, policy, maxServersPerHost } = create
    const microversion = await settledMicroversion(this.#client, options)
    if (policy.startsWith('soft-')) microversion.needs('2.15', `the policy ${policy}`)
    if (maxServersPerHost !== undefined) microversion.needs('2.64', 'how many servers of a group a host may have')
    const rules = maxServersPerHost === undefined ? undefined : { max_server_per_host: maxServersPerHost }
    const body = microversion.has('2.64') ? { name, policy, rules } : { name, policies: [policy] }
    return this.#client.post('/os-server-groups', { server_group: body }, one, options)
  }

  /** Its servers go on. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/os-server-groups/${id}`, options)
  }
}
