import { Hono, type Context } from 'hono'
import { microsBare } from '../clock-text.ts'
import type { Cloud, Env } from '../cloud.ts'
import { badRequest } from '../refusal.ts'
import { adminOnly, ownProjectOnly } from './rights.ts'
import { isLive } from './status.ts'
import { usageOf } from './usage.ts'

/** Usage by project, and what the hypervisors carry. */
export function usageRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { servers, hosts } = cloud.state

  const span = (c: Context<Env>): [start: number, stop: number] => {
    const at = (key: string, otherwise: number): number => {
      const text = c.req.query(key)
      if (text === undefined) return otherwise
      const ms = Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`)
      if (Number.isNaN(ms)) throw badRequest('Invalid date format.')
      return ms
    }
    const now = cloud.now()
    const stop = at('end', now)
    const start = at('start', stop)
    if (start > stop) throw badRequest('Invalid start time. The start time cannot occur after the end time.')
    return [start, stop]
  }
  const usage = (projectId: string, [start, stop]: [number, number]) => ({
    tenant_id: projectId,
    start: microsBare(start),
    stop: microsBare(stop),
    ...usageOf(
      [...servers.values()].filter((server) => server.projectId === projectId),
      start,
      stop,
      cloud.now(),
    ),
  })

  app.get('/os-simple-tenant-usage', (c) => {
    adminOnly(c, 'os-simple-tenant-usage:list')
    const when = span(c)
    const projects = [...new Set([...servers.values()].map((server) => server.projectId))]
    const rows = projects.map((id) => usage(id, when)).filter((row) => row.server_usages.length > 0)
    if (c.req.query('detailed') === '1') return c.json({ tenant_usages: rows })
    return c.json({ tenant_usages: rows.map(({ server_usages: _detail, ...sum }) => sum) })
  })
  app.get('/os-simple-tenant-usage/:project', (c) => {
    const id = c.req.param('project')
    ownProjectOnly(c, id, 'os-simple-tenant-usage:show')
    const row = usage(id, span(c))
    return c.json({ tenant_usage: row.server_usages.length === 0 ? {} : row })
  })

  app.get('/os-hypervisors/detail', (c) => {
    adminOnly(c, 'os-hypervisors:list-detail')
    const rows = [...hosts.values()].map((host) => {
      const here = [...servers.values()].filter((server) => server.host === host.name && isLive(server))
      const sum = (each: (flavor: (typeof here)[number]['flavor']) => number): number =>
        here.reduce((total, server) => total + each(server.flavor), 0)
      return {
        id: host.name,
        hypervisor_hostname: host.name,
        hypervisor_type: 'fake',
        state: 'up',
        status: 'enabled',
        service: { host: host.name, id: host.name, disabled_reason: null },
        // Left out by Nova since 2.88, which sends people to Placement.
        ...(c.var.microversion < 88 && {
          vcpus: host.vcpus,
          vcpus_used: sum((flavor) => flavor.vcpus),
          memory_mb: host.ramMb,
          memory_mb_used: sum((flavor) => flavor.ramMb),
          local_gb: host.diskGb,
          local_gb_used: sum((flavor) => flavor.diskGb + flavor.ephemeralGb),
          running_vms: here.length,
        }),
      }
    })
    return c.json({ hypervisors: rows })
  })
  return app
}
