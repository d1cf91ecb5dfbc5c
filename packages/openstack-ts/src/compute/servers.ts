import { z } from 'zod'
import { settledMicroversion } from '../settled-microversion.ts'
import { collect, paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { server, type Server } from './server.ts'
import { serverCreateBody, type ServerCount, type ServerCreate } from './server-create.ts'

export interface ServerFilter {
  /** A regular expression, matched anywhere in the name. For one name use {@link Servers.findByExactName}. */
  nameRegex?: string | undefined
  status?: string | undefined
  /** Ids. */
  imageId?: string | undefined
  flavorId?: string | undefined
  /** All of them; from 2.26. */
  tags?: readonly string[] | undefined
  /** Of {@link Servers.createMany}. */
  reservationId?: string | undefined
  /** Also what has been deleted since, as ISO 8601. */
  changesSince?: string | undefined
  /** Of every project: for administrators. */
  allProjects?: boolean | undefined
  /** With `allProjects`. */
  projectId?: string | undefined
}

export interface ServerChange {
  name?: string | undefined
  /** Null for none; from 2.19. */
  description?: string | null | undefined
  /** From 2.90. */
  hostname?: string | undefined
  accessIpv4?: string | undefined
  accessIpv6?: string | undefined
  diskConfig?: 'AUTO' | 'MANUAL' | undefined
}

const one = z.object({ server }).transform((body) => body.server)
const created = z.object({ server: z.object({ id: z.string() }) }).transform((body) => body.server)

const many = z.object({ reservation_id: z.string() }).transform((body) => ({ reservationId: body.reservation_id }))

/** https://docs.openstack.org/api-ref/compute/#servers-servers */
export class Servers {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** With all details. Servers in a cell that is down come as `UNKNOWN`, but only if no filter is set. */
  list(filter: ServerFilter = {}, options: PageOptions = {}): AsyncGenerator<Server, void, undefined> {
    const query = {
      name: filter.nameRegex,
      status: filter.status,
      image: filter.imageId,
      flavor: filter.flavorId,
      tags: filter.tags?.join(','),
      reservation_id: filter.reservationId,
      'changes-since': filter.changesSince,
      all_tenants: filter.allProjects === true ? '1' : undefined,
      project_id: filter.projectId,
    }
    return paginate(this.#client, '/servers/detail', 'servers', server, query, options)
  }

  /**
   * All servers of exactly this name, in this project. Nova's own filter is a regular expression that ignores case and
   * matches parts, so that it only narrows the search down.
   */
  async findByExactName(name: string, options: PageOptions = {}): Promise<Server[]> {
    const nameRegex = `^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`
    const found = await collect(this.list({ nameRegex }, options))
    return found.filter((candidate) => candidate.name === name)
  }

  /** @throws OpenStackError `NotFound` once it is gone */
  show(id: string, options: CallOptions = {}): Promise<Server> {
    return this.#client.get(path`/servers/${id}`, one, options)
  }

  /**
   * Asks for a server; it is built after the reply. Never repeated by itself, and Nova has no key that would make it
   * safe: after an error that is `isAmbiguous` look for the name.
   */
  async create(create: ServerCreate, options: CallOptions = {}): Promise<{ id: string }> {
    const microversion = await settledMicroversion(this.#client, options)
    return this.#client.post('/servers', serverCreateBody(this.#client, create, microversion), created, options)
  }

  /**
   * Asks for several alike with one request; they are called `<name>-1`, `<name>-2`, … if `max` is more than one. Find
   * them with `list({ reservationId })`. Never repeated, as {@link create} is not.
   */
  async createMany(
    create: ServerCreate,
    count: ServerCount,
    options: CallOptions = {},
  ): Promise<{ reservationId: string }> {
    const microversion = await settledMicroversion(this.#client, options)
    return this.#client.post('/servers', serverCreateBody(this.#client, create, microversion, count), many, options)
  }

  /**
   * Changes what Nova knows of it; the guest is not told.
   *
   * @throws OpenStackError `MicroversionUnsupported` for what an older one leaves as it is
   */
  async update(id: string, change: ServerChange, options: CallOptions = {}): Promise<Server> {
    const { name, description, hostname, accessIpv4, accessIpv6, diskConfig } = change
    const microversion = await settledMicroversion(this.#client, options)
    if (description !== undefined) microversion.needs('2.19', 'the description of a server')
    if (hostname !== undefined) microversion.needs('2.90', 'the hostname of a server')
    const body = {
      name,
      description,
      hostname,
      accessIPv4: accessIpv4,
      accessIPv6: accessIpv6,
      'OS-DCF:diskConfig': diskConfig,
    }
    return this.#client.put(path`/servers/${id}`, { server: body }, one, options)
  }

  /**
   * Asks for its deletion; it is gone when {@link show} says so.
   *
   * @throws OpenStackError `NotFound` if it is gone, `Conflict` if it is locked
   */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${id}`, options)
  }
}
