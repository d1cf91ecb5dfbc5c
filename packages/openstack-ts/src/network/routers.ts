import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { FixedIp } from './port.ts'
import type { FixedIpWish } from './ports.ts'
import { withRevision, type UpdateOptions } from './revision.ts'
import { route, type Route } from './subnets.ts'

/** A router's way out. */
export interface Gateway {
  networkId: string
  /** Whether servers without a floating IP reach the outside by the router's own address. */
  snatEnabled: boolean | null
  fixedIps: FixedIp[]
}

export interface GatewayWish {
  /** Id of an external network. */
  networkId: string
  /** For administrators. */
  snatEnabled?: boolean | undefined
  /** For administrators. */
  fixedIps?: readonly FixedIpWish[] | undefined
}

export interface Router extends Resource {
  id: string
  name: string
  description: string | null
  status: string | null
  adminStateUp: boolean
  projectId: string | null
  gateway: Gateway | null
  routes: Route[]
  distributed: boolean | null
  highlyAvailable: boolean | null
  availabilityZones: string[]
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
  createdAt: string | null
  updatedAt: string | null
}

export interface RouterFilter {
  name?: string | undefined
  status?: string | undefined
  projectId?: string | undefined
}

export interface RouterChange {
  name?: string | undefined
  description?: string | undefined
  adminStateUp?: boolean | undefined
  /** Null takes it away; refused with `Conflict` while floating IPs need it. */
  gateway?: GatewayWish | null | undefined
  /** All that it shall have. */
  routes?: readonly Route[] | undefined
}

export interface RouterCreate extends Omit<RouterChange, 'routes'> {
  /** For administrators. */
  distributed?: boolean | undefined
  /** For administrators. */
  highlyAvailable?: boolean | undefined
  availabilityZoneHints?: readonly string[] | undefined
  /** Another project's router: for administrators. */
  projectId?: string | undefined
}

/** A subnet, on which the router takes the gateway's address, or a port that exists. */
export type RouterLeg = { subnetId: string } | { portId: string }

export interface RouterInterface extends Resource {
  routerId: string
  networkId: string | null
  portId: string
  subnetIds: string[]
}

const gateway = z
  .object({
    network_id: z.string(),
    enable_snat: flag,
    external_fixed_ips: z.array(z.object({ subnet_id: text, ip_address: z.string() })).default([]),
  })
  .transform((body): Gateway => ({
    networkId: body.network_id,
    snatEnabled: body.enable_snat,
    fixedIps: body.external_fixed_ips.map((ip) => ({ subnetId: ip.subnet_id, address: ip.ip_address })),
  }))

const router = resource(
  {
    id: z.string(),
    name: z.string(),
    description: text,
    status: text,
    admin_state_up: flag,
    project_id: text,
    tenant_id: text,
    external_gateway_info: gateway.nullish(),
    routes: z.array(route).default([]),
    distributed: flag,
    ha: flag,
    availability_zones: strings,
    tags: strings,
    revision_number: number,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<Router> => ({
    id: body.id,
    name: body.name,
    description: body.description,
    status: body.status,
    adminStateUp: body.admin_state_up ?? true,
    projectId: body.project_id ?? body.tenant_id,
    gateway: body.external_gateway_info ?? null,
    routes: body.routes,
    distributed: body.distributed,
    highlyAvailable: body.ha,
    availabilityZones: body.availability_zones,
    tags: body.tags,
    revision: body.revision_number,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)

const one = z.object({ router }).transform((body) => body.router)

const leg = resource(
  { id: z.string(), network_id: text, port_id: z.string(), subnet_id: text, subnet_ids: strings },
  (body): Fields<RouterInterface> => ({
    routerId: body.id,
    networkId: body.network_id,
    portId: body.port_id,
    subnetIds: body.subnet_ids.length > 0 || body.subnet_id === null ? body.subnet_ids : [body.subnet_id],
  }),
)

/** https://docs.openstack.org/api-ref/network/v2/#routers-routers */
export class Routers {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: RouterFilter = {}, options: PageOptions = {}): AsyncGenerator<Router, void, undefined> {
    const query = { name: filter.name, status: filter.status, project_id: filter.projectId }
    return paginate(this.#client, '/routers', 'routers', router, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Router> {
    return this.#client.get(path`/routers/${id}`, one, options)
  }

  create(create: RouterCreate, options: CallOptions = {}): Promise<Router> {
    const body = {
      ...changeBody(create),
      distributed: create.distributed,
      ha: create.highlyAvailable,
      availability_zone_hints: create.availabilityZoneHints,
      project_id: create.projectId,
    }
    return this.#client.post('/routers', { router: body }, one, options)
  }

  /** @throws OpenStackError `Conflict` if it is not of `options.ifRevision` any more */
  update(id: string, change: RouterChange, options: UpdateOptions = {}): Promise<Router> {
    return this.#client.put(path`/routers/${id}`, { router: changeBody(change) }, one, withRevision(options))
  }

  /** @throws OpenStackError `Conflict` while it has interfaces */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/routers/${id}`, options)
  }

  addInterface(id: string, to: RouterLeg, options: CallOptions = {}): Promise<RouterInterface> {
    return this.#client.put(path`/routers/${id}/add_router_interface`, legBody(to), leg, options)
  }

  /** @throws OpenStackError `Conflict` while floating IPs or routes need it */
  removeInterface(id: string, from: RouterLeg, options: CallOptions = {}): Promise<RouterInterface> {
    return this.#client.put(path`/routers/${id}/remove_router_interface`, legBody(from), leg, options)
  }
}

function legBody(to: RouterLeg): object {
  return 'portId' in to ? { port_id: to.portId } : { subnet_id: to.subnetId }
}

function changeBody({ name, description, adminStateUp, gateway: wish, routes }: RouterChange): object {
  return { name, description, admin_state_up: adminStateUp, external_gateway_info: gatewayBody(wish), routes }
}

function gatewayBody(wish: GatewayWish | null | undefined): object | undefined {
  if (wish === undefined) return undefined
  // Neutron's way of saying none.
  if (wish === null) return {}
  const ips = wish.fixedIps?.map(({ subnetId, address }) => ({ subnet_id: subnetId, ip_address: address }))
  return { network_id: wish.networkId, enable_snat: wish.snatEnabled, external_fixed_ips: ips }
}
