import { z } from 'zod'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { nextSearch, type PageOptions } from '../transport/paginate.ts'
import { path, queryString, type Query } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What one server used within the span. */
export interface ServerUsage extends Resource {
  serverId: string
  name: string
  /** Name of the flavor. */
  flavor: string
  /** `active`, `terminated`, … */
  state: string | null
  vcpus: number
  ramMb: number
  diskGb: number
  /** Within the span. */
  hours: number
  startedAt: string | null
  /** Null while it is there. */
  endedAt: string | null
}

/** What a project used within the span: each sum is of an amount times hours. */
export interface ProjectUsage {
  projectId: string
  serverHours: number
  vcpuHours: number
  ramMbHours: number
  diskGbHours: number
  servers: ServerUsage[]
}

export interface UsageSpan {
  start: Date
  /** Default of Nova: now. */
  end?: Date | undefined
}

const serverUsage = resource(
  {
    instance_id: z.string(),
    name: z.string(),
    flavor: z.string(),
    state: text,
    vcpus: z.number(),
    memory_mb: z.number(),
    local_gb: z.number(),
    hours: z.number(),
    started_at: time,
    ended_at: time,
  },
  (body): Fields<ServerUsage> => ({
    serverId: body.instance_id,
    name: body.name,
    flavor: body.flavor,
    state: body.state,
    vcpus: body.vcpus,
    ramMb: body.memory_mb,
    diskGb: body.local_gb,
    hours: body.hours,
    startedAt: body.started_at,
    endedAt: body.ended_at,
  }),
)

const projectUsage = z
  .object({
    tenant_id: z.string(),
    total_hours: z.number(),
    total_vcpus_usage: z.number(),
    total_memory_mb_usage: z.number(),
    total_local_gb_usage: z.number(),
    server_usages: z.array(serverUsage).default([]),
  })
  .transform((body): ProjectUsage => ({
    projectId: body.tenant_id,
    serverHours: body.total_hours,
    vcpuHours: body.total_vcpus_usage,
    ramMbHours: body.total_memory_mb_usage,
    diskGbHours: body.total_local_gb_usage,
    servers: body.server_usages,
  }))

// Nova says {} of a project that used nothing.
const nothing = z.strictObject({}).transform(() => undefined)
const ofOne = z.looseObject({ tenant_usage: z.union([projectUsage, nothing]) })
const ofAll = z.looseObject({ tenant_usages: z.array(projectUsage) })

/** Who used how much, servers that are gone included. https://docs.openstack.org/api-ref/compute/#usage-reports-os-simple-tenant-usage */
export class UsageReports {
  readonly #client: ServiceClient
  readonly #projectId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /**
   * Of one project, with its servers.
   *
   * @param projectId default: this client's own; another one is for administrators
   */
  async show(span: UsageSpan, projectId?: string, options: PageOptions = {}): Promise<ProjectUsage> {
    const id = projectId ?? (await this.#projectId(options))
    const sums = new Map([[id, none(id)]])
    const at = path`/os-simple-tenant-usage/${id}`
    await this.#pages(at, 'tenant_usage', ofOne, spanQuery(span), options, (body) => {
      if (body.tenant_usage !== undefined) add(sums, body.tenant_usage)
    })
    return sums.get(id) ?? none(id)
  }

  /** Of every project that used anything, with its servers; for administrators. */
  async list(span: UsageSpan, options: PageOptions = {}): Promise<ProjectUsage[]> {
    const sums = new Map<string, ProjectUsage>()
    // One project is told with its servers in any case, and from 2.75 on must not be asked so.
    const query = { ...spanQuery(span), detailed: 1 }
    await this.#pages('/os-simple-tenant-usage', 'tenant_usages', ofAll, query, options, (body) => {
      for (const usage of body.tenant_usages) add(sums, usage)
    })
    return [...sums.values()]
  }

  /** From 2.40 on there are pages of servers, so that a project may be on several, each with the sums of that page. */
  async #pages<T extends Readonly<Record<string, unknown>>>(
    at: string,
    key: string,
    schema: z.ZodType<T>,
    query: Query,
    { pageSize, ...call }: PageOptions,
    each: (body: T) => void,
  ): Promise<void> {
    const seen = new Set<string>()
    for (let search: string | undefined = queryString({ ...query, limit: pageSize }); search !== undefined;) {
      if (seen.has(search)) throw this.#client.error('BadReply', `the pages of ${at} go round in circles at ${search}`)
      seen.add(search)
      const body: T = await this.#client.get(`${at}${search}`, schema, call)
      each(body)
      search = nextSearch(body, key)
    }
  }
}

function spanQuery({ start, end }: UsageSpan): Query {
  return { start: bare(start), end: end && bare(end) }
}

/** Nova takes times in UTC, without their zone. */
function bare(date: Date): string {
  return date.toISOString().replace('Z', '')
}

function none(projectId: string): ProjectUsage {
  return { projectId, serverHours: 0, vcpuHours: 0, ramMbHours: 0, diskGbHours: 0, servers: [] }
}

function add(sums: Map<string, ProjectUsage>, part: ProjectUsage): void {
  const sum = sums.get(part.projectId) ?? none(part.projectId)
  sums.set(part.projectId, {
    projectId: part.projectId,
    serverHours: sum.serverHours + part.serverHours,
    vcpuHours: sum.vcpuHours + part.vcpuHours,
    ramMbHours: sum.ramMbHours + part.ramMbHours,
    diskGbHours: sum.diskGbHours + part.diskGbHours,
    servers: [...sum.servers, ...part.servers],
  })
}
