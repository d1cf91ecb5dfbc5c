import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

// A cloud that answers as fast as it can, in a process of its own: node server.ts BYTES SERVERS. Prints its address.

const [bytes = 0, servers = 0] = process.argv.slice(2).map(Number)
const PIECE = Buffer.alloc(64 << 10, 'x')
const PAGE = 1000
let url = ''

const project = { id: 'p1', name: 'science', domain: { id: 'default', name: 'Default' } }
const image = { id: 'i1', name: 'image', status: 'queued', visibility: 'private', tags: [], min_disk: 0, min_ram: 0 }
const endpoint = (path: string) => [{ interface: 'public', region_id: 'r1', region: 'r1', url: `${url}${path}` }]

function token(): object {
  const catalog = [
    { type: 'image', name: 'glance', endpoints: endpoint('/image') },
    { type: 'compute', name: 'nova', endpoints: endpoint('/compute/v2.1') },
  ]
  const user = { ...project, id: 'u1' }
  return { token: { methods: ['password'], expires_at: '2099-01-01T00:00:00Z', user, project, roles: [], catalog } }
}

/** As Nova lists it in detail: about 1.7 kB. */
function listed(index: number): object {
  const id = `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`
  const links = ['self', 'bookmark'].map((rel) => ({ rel, href: `http://inside.example:8774/v2.1/servers/${id}` }))
  const address = {
    version: 4,
    addr: `10.0.${(index >> 8) & 255}.${index & 255}`,
    'OS-EXT-IPS:type': 'fixed',
    'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:00',
  }
  return {
    id,
    name: `worker-${index}`,
    status: 'ACTIVE',
    tenant_id: project.id,
    user_id: 'u1',
    metadata: { pool: 'batch', owner: 'ada', kind: 'worker' },
    hostId: 'a'.repeat(56),
    image: { id: '70a599e0-31e7-49b7-b260-868f441e862b', links },
    flavor: { vcpus: 2, ram: 7680, disk: 20, ephemeral: 31, swap: 0, original_name: 'c2-7.5gb-31', extra_specs: {} },
    created: '2026-01-01T00:00:00Z',
    updated: '2026-01-01T00:00:10Z',
    addresses: { private: [address] },
    accessIPv4: '',
    accessIPv6: '',
    links,
    'OS-DCF:diskConfig': 'MANUAL',
    progress: 0,
    'OS-EXT-AZ:availability_zone': 'nova',
    config_drive: '',
    key_name: 'batch',
    'OS-SRV-USG:launched_at': '2026-01-01T00:00:10.000000',
    'OS-SRV-USG:terminated_at': null,
    security_groups: [{ name: 'default' }, { name: 'batch' }],
    'OS-EXT-STS:task_state': null,
    'OS-EXT-STS:vm_state': 'active',
    'OS-EXT-STS:power_state': 1,
    'os-extended-volumes:volumes_attached': [],
    locked: false,
    description: null,
    tags: [],
    trusted_image_certificates: null,
    server_groups: [],
  }
}

function page(query: URLSearchParams): object {
  const start = Number(query.get('marker') ?? 0)
  const end = Math.min(servers, start + PAGE)
  const next = { rel: 'next', href: `http://inside.example:8774/v2.1/servers/detail?marker=${end}` }
  return {
    servers: Array.from({ length: end - start }, (_, index) => listed(start + index)),
    ...(end < servers ? { servers_links: [next] } : {}),
  }
}

async function* contents(): AsyncGenerator<Buffer, void, undefined> {
  for (let sent = 0; sent < bytes; sent += PIECE.length) yield PIECE
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', url)
  const json = (body: object, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-subject-token': 't' }).end(JSON.stringify(body))
  }
  switch (`${request.method} ${pathname}`) {
    case 'POST /identity/v3/auth/tokens':
      return json(token(), 201)
    case 'GET /compute/v2.1/':
      return json({ version: { id: 'v2.1', version: '2.96', min_version: '2.1', status: 'CURRENT' } })
    case 'GET /compute/v2.1/servers/detail':
      return json(page(searchParams))
    case 'GET /image/v2/images/i1':
      return json(image)
    case 'GET /image/v2/images/i1/file':
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
      return pipeline(Readable.from(contents(), { objectMode: false }), response)
    case 'PUT /image/v2/images/i1/file': {
      let received = 0
      for await (const chunk of request) received += (chunk as Buffer).length
      return void response.writeHead(received === bytes ? 204 : 400).end()
    }
    default:
      return json({}, 404)
  }
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  console.log(url)
})
