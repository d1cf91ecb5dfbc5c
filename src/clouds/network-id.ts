import { collect, type OpenStack } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/**
 * The network that the site's configuration names, by id or name; Nova takes ids only.
 *
 * @throws Problem `NetworkUnknown` or `NetworkAmbiguous`
 */
export async function networkId(cloud: OpenStack, wanted: string): Promise<string> {
  if (uuid.test(wanted)) return wanted
  const found = await collect(cloud.network.networks.list({ name: wanted }))
  const [network] = found
  if (network !== undefined && found.length === 1) return network.id
  throw new Problem({
    code: network === undefined ? 'NetworkUnknown' : 'NetworkAmbiguous',
    kind: 'auth',
    where: `cloud ${cloud.config.name}`,
    message: network === undefined ? `there is no network ${wanted}` : `${found.length} networks are called ${wanted}`,
    details: found.map(({ id }) => id),
    next: 'Correct "network" of this cloud in the configuration; an id is never ambiguous.',
  })
}
