import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { check, readJson } from '../read-json.ts'
import { VOLUME_DEFAULTS, volumeLimits, volumeUsage } from './quota.ts'
import { volumeAdminOnly } from './rights.ts'

/** Limits and quota sets. */
export function volumeQuotaRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { volumeQuotas } = cloud.state

  app.get('/limits', (c) => {
    const id = projectOf(c.var.principal)
    const limit = volumeLimits(cloud, id)
    const used = volumeUsage(cloud, id)
    return c.json({
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: limit['volumes'],
          maxTotalVolumeGigabytes: limit['gigabytes'],
          maxTotalSnapshots: limit['snapshots'],
          maxTotalBackups: limit['backups'],
          maxTotalBackupGigabytes: limit['backup_gigabytes'],
          totalVolumesUsed: used['volumes'],
          totalGigabytesUsed: used['gigabytes'],
          totalSnapshotsUsed: used['snapshots'],
          totalBackupsUsed: 0,
          totalBackupGigabytesUsed: 0,
        },
      },
    })
  })
  app.get('/os-quota-sets/:of/defaults', (c) => c.json({ quota_set: { id: c.req.param('of'), ...VOLUME_DEFAULTS } }))
  app.get('/os-quota-sets/:of', (c) => {
    const id = c.req.param('of')
    if (id !== projectOf(c.var.principal)) volumeAdminOnly(c, 'volume_extension:quotas:show')
    const limits = volumeLimits(cloud, id)
    if (!/^true$/i.test(c.req.query('usage') ?? '')) return c.json({ quota_set: { id, ...limits } })
    const used = volumeUsage(cloud, id)
    const rows = Object.entries(limits).map(([name, limit]) => [name, { limit, in_use: used[name] ?? 0, reserved: 0 }])
    return c.json({ quota_set: { id, ...Object.fromEntries(rows) } })
  })
  app.put('/os-quota-sets/:of', async (c) => {
    const { quota_set } = check(z.object({ quota_set: z.record(z.string(), z.int().min(-1)) }), await readJson(c))
    volumeAdminOnly(c, 'volume_extension:quotas:update')
    const projectId = c.req.param('of')
    volumeQuotas.put(projectId, { projectId, limits: { ...volumeQuotas.get(projectId)?.limits, ...quota_set } })
    return c.json({ quota_set: volumeLimits(cloud, projectId) })
  })
  return app
}
