import { z } from 'zod'
import { strings, text } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { path, queryString } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** `soft-`: as far as possible; from 2.15. */
export type ServerGroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity'

/** Servers that shall run on one host, or on different ones. */
export interface ServerGroup {
  id: string
  name: string
  /** Null for a policy of the past that has gone. */
  policy: string | null
  /** Of `anti-affinity`, from 2.64; null: one. */
  maxServersPerHost: number | null
  /** Ids of the servers that are not deleted. */
  members: string[]
  /** From 2.13. */
  projectId: string | null
}

export interface ServerGroupCreate {
  name: string
  policy: ServerGroupPolicy
  /** For `anti-affinity` only; from 2.64. Default of Nova: 1. */
  maxServersPerHost?: number | undefined
}

const group = z
  .object({
    id: z.string(),
    name: z.string(),
    policy: text,
    policies: strings,
    // A number, but older databases hand out what was written: text.
    rules: z.object({ max_server_per_host: z.coerce.number().nullish() }).nullish(),
    members: strings,
    project_id: text,
  })
  .transform((body): ServerGroup => ({
    id: body.id,
    name: body.name,
    policy: body.policy ?? body.policies[0] ?? null,
    maxServersPerHost: body.rules?.max_server_per_host ?? null,
    members: body.members,
    projectId: body.project_id,
  }))

const one = z.object({ server_group: group }).transform((body) => body.server_group)
const many = z.object({ server_groups: z.array(group) }).transform((body) => body.server_groups)

/** https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups */
export class ServerGroups {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The project's own. Pages go by offset here: the last one is known by being empty, since a cloud may shorten all of them. */
  async *list(options: CallOptions = {}): AsyncGenerator<ServerGroup, void, undefined> {
    for (let offset = 0; ;) {
      const query = queryString(offset === 0 ? {} : { offset })
      const page = await this.#client.get(`/os-server-groups${query}`, many, options)
      if (page.length === 0) return
      yield* page
      offset += page.length
    }
  }

  show(id: string, options: CallOptions = {}): Promise<ServerGroup> {
    return this.#client.get(path`/os-server-groups/${id}`, one, options)
  }

  /** @throws OpenStackError `MicroversionUnsupported` for a policy or rule that the settled microversion lacks */
  async create(create: ServerGroupCreate, options: CallOptions = {}): Promise<ServerGroup> {
    const { name, policy, maxServersPerHost } = create
    const microversion = await settledMicroversion(this.#client, options)
    if (policy.startsWith('soft-')) microversion.needs('2.15', `the policy ${policy} of a server group`)
    if (maxServersPerHost !== undefined) microversion.needs('2.64', 'the number of servers a host of a server group')
    const rules = maxServersPerHost === undefined ? undefined : { max_server_per_host: maxServersPerHost }
    const body = microversion.has('2.64') ? { name, policy, rules } : { name, policies: [policy] }
    return this.#client.post('/os-server-groups', { server_group: body }, one, options)
  }

  /** Its servers run on, without it. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/os-server-groups/${id}`, options)
  }
}
