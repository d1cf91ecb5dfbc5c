import { seededHex } from '../ids.ts'

/** Where each service answers, below the cloud's address. */
const SERVICES = [
  { type: 'identity', name: 'keystone', path: '/identity/v3' },
  { type: 'image', name: 'glance', path: '/image' },
  { type: 'compute', name: 'nova', path: '/compute/v2.1' },
  { type: 'network', name: 'neutron', path: '/network' },
  { type: 'block-storage', name: 'cinder', path: '/volume/v3/%(project_id)s' },
]

/** The catalog of a scoped token: three interfaces a service, one region. */
export const catalog = (url: string, region: string, projectId: string) =>
  SERVICES.map(({ type, name, path }) => ({
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
