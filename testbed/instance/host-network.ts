import { createServer } from 'node:net'
import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { z } from 'zod'
import { Problem } from '#domain/problem.ts'
import { isRoot } from './folders.ts'
import { type InstanceNetwork, networkOf, overlap, SUBNETS } from './subnet.ts'

/** True if a TCP server could listen there now. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** The first free port at or after `preferred`; an instance has addresses of its own, so that is nearly always the preferred one. */
export async function freePort(host: string, preferred: number): Promise<number> {
  for (let port = preferred; port < preferred + 50; port += 1) if (await isFree(host, port)) return port
  throw new Problem({
    code: 'NoFreePort',
    kind: 'failure',
    message: `none of the ports ${preferred} to ${preferred + 49} of ${host} is free`,
    next: `See who listens there: ss -ltnp`,
  })
}

const [NET_ADMIN, SYS_ADMIN] = [12n, 21n]

/** Whether this process may make bridges and network namespaces: root alone is not enough in a container. */
export function mayMakeBridges(status = readFileSync('/proc/self/status', 'utf8')): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return isRoot() && [NET_ADMIN, SYS_ADMIN].every((bit) => (effective >> bit) & 1n)
}

const Rows = z.array(z.object({ dst: z.string().optional(), ifname: z.string().optional() }))

/** Destinations of all IPv4 routes and the names of all links of this host. */
async function surroundings(): Promise<{ routes: string[]; links: string[] }> {
  const ip = async (...args: string[]): Promise<z.infer<typeof Rows>> =>
    Rows.parse(JSON.parse((await execa('ip', ['-j', ...args])).stdout || '[]'))
  const [routes, links] = await Promise.all([ip('-4', 'route', 'show', 'table', 'main'), ip('link', 'show')])
  return { routes: routes.flatMap((row) => row.dst ?? []), links: links.flatMap((row) => row.ifname ?? []) }
}

/** A subnet that nothing on this host uses, beginning with the one that the id gives. */
export async function findNetwork(id: string, kind: InstanceNetwork['kind']): Promise<InstanceNetwork> {
  const { routes, links } = kind === 'bridge' ? await surroundings() : { routes: [], links: [] }
  for (let attempt = 0; attempt < SUBNETS; attempt += 1) {
    const network = networkOf(id, kind, attempt)
    if (network.bridge !== undefined && links.includes(network.bridge)) break
    if (kind === 'bridge' && routes.some((route) => overlap(route, `${network.prefix}.0/24`))) continue
    const probes = [
      isFree(network.loopback, 9618),
      isFree('127.0.0.1', network.port),
      isFree('127.0.0.1', network.port + 1),
    ]
    // A server on all addresses of the host takes a port in every subnet: then the next free one serves.
    if (attempt >= 20 || (await Promise.all(probes)).every(Boolean)) return network
  }
  throw new Problem({
    code: 'NoFreeSubnet',
    kind: 'failure',
    message: 'every subnet of 10.64.0.0/10 is in use by a route of this host',
    next: 'Run with CANFAR_TESTBED_NETWORK=loopback',
    details: routes,
  })
}
