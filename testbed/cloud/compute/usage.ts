import { microsBare } from '../clock-text.ts'
import { statusOf } from './status.ts'
import type { Server } from './types.ts'

const HOUR = 3_600_000

/** What the servers of one project used between two times, as os-simple-tenant-usage sums it: in hours. */
export function usageOf(servers: readonly Server[], start: number, stop: number, now: number) {
  const rows = servers
    .filter((server) => !server.vanished && server.launchedAt !== null && server.launchedAt < stop)
    .filter((server) => server.deletedAt === null || server.deletedAt > start)
    .map((server) => {
      const from = Math.max(server.launchedAt ?? stop, start)
      const hours = Math.max(0, Math.min(server.deletedAt ?? now, stop) - from) / HOUR
      return { server, hours }
    })
  const total = (each: (server: Server) => number): number =>
    rows.reduce((sum, { server, hours }) => sum + hours * each(server), 0)
  return {
    total_hours: total(() => 1),
    total_vcpus_usage: total((server) => server.flavor.vcpus),
    total_memory_mb_usage: total((server) => server.flavor.ramMb),
    total_local_gb_usage: total((server) => server.flavor.diskGb + server.flavor.ephemeralGb),
    server_usages: rows.map(({ server, hours }) => ({
      instance_id: server.id,
      name: server.name,
      hours,
      flavor: server.flavor.name,
      vcpus: server.flavor.vcpus,
      memory_mb: server.flavor.ramMb,
      local_gb: server.flavor.diskGb + server.flavor.ephemeralGb,
      tenant_id: server.projectId,
      started_at: microsBare(server.launchedAt ?? 0),
      ended_at: server.deletedAt === null ? null : microsBare(server.deletedAt),
      state: server.deletedAt === null ? statusOf(server).toLowerCase() : 'terminated',
      uptime: Math.round(((server.deletedAt ?? now) - (server.launchedAt ?? now)) / 1000),
    })),
  }
}
