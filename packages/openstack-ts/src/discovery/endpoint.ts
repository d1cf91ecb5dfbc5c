import type { Interface } from '../cloud-config/cloud-config.ts'
import type { CatalogEndpoint, CatalogService } from '../auth/token.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { namesOfService } from './service-types.ts'

export interface EndpointWish {
  type: string
  /** Of several the first that the service has in the region is taken. */
  interface: Interface | readonly Interface[]
  /** Undefined is fine if the service is in one region only. */
  region: string | undefined
}

/** @throws OpenStackError `EndpointNotFound` that lists what the catalog does have */
export function endpointUrl(catalog: readonly CatalogService[], wish: EndpointWish): string {
  if (catalog.length === 0) throw notFound(wish, 'the token has no catalog; does the configuration name a project?')
  const names = namesOfService(wish.type)
  const services = names.flatMap((name) => catalog.filter((service) => service.type === name))
  const [service] = services
  if (service === undefined)
    throw notFound(wish, `the catalog has no such service; it has: ${list(catalog.map(({ type }) => type))}`)
  const offered = services.flatMap(({ endpoints }) => endpoints)
  const here = offered.filter(({ region }) => wish.region === undefined || region === wish.region)
  const kinds = [wish.interface].flat()
  const usable =
    kinds.map((kind) => here.filter((one) => one.interface === kind)).find(({ length }) => length > 0) ?? []
  const [endpoint] = usable
  if (endpoint === undefined) {
    const region = wish.region === undefined ? '' : ` in region ${wish.region}`
    throw notFound(wish, `no ${kinds.join(' or ')} endpoint${region}; there are: ${list(offered.map(label))}`)
  }
  const regions = [...new Set(usable.map(({ region }) => region ?? '(none)'))]
  if (regions.length > 1) throw notFound(wish, `is in several regions, name one (region_name): ${list(regions)}`)
  return endpoint.url.replace(/\/+$/, '')
}

function notFound(wish: EndpointWish, message: string): OpenStackError {
  return new OpenStackError(`${wish.type}: ${message}`, { code: 'EndpointNotFound', service: wish.type })
}

function label(endpoint: CatalogEndpoint): string {
  return `${endpoint.interface} in ${endpoint.region ?? '(no region)'}`
}

function list(items: readonly string[]): string {
  return [...new Set(items)].toSorted().join(', ') || 'nothing'
}
