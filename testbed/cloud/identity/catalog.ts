import type { Cloud } from '../cloud.ts'
import { seededHex } from '../ids.ts'

/** Where each service answers, below the cloud's address. */
const SERVICES = [
  { type: 'identity', name: 'keystone', path: '/identity/v3' },
  { type: 'image', name: 'glance', path: '/image' },
  { type: 'compute', name: 'nova', path: '/compute/v2.1' },
  { type: 'network', name: 'neutron', path: '/network' },
  { type: 'block-storage', name: 'cinder', path: '/volume/v3/%(project_id)s' },
] as const

const PLACEMENT = { type: 'placement', name: 'placement', path: '/placement' } as const

/** The catalog of a scoped token: three interfaces a service, one region. */
export function catalog({ url, config: { region, unlisted, placement } }: Cloud, projectId: string) {
  const listed = SERVICES.filter(({ type }) => !unlisted.includes(type))
  return [...listed, ...(placement ? [PLACEMENT] : [])].map(({ type, name, path }) => ({
    id: seededHex('service', type),
    type,
    name,
    endpoints: ['public', 'internal', 'admin'].map((face) => ({
      id: seededHex('endpoint', region, type, face),
      interface: face,
      region,
      region_id: region,
      url: url + path.replace('%(project_id)s', projectId),
    })),
  }))
}
