import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { badRequest } from '../refusal.ts'
import { listRows } from './list.ts'
import { checkVolumeQuota } from './quota.ts'
import { ownVolume, snapshotOf } from './rights.ts'
import type { Snapshot } from './types.ts'
import { snapshotView } from './views.ts'

const NewSnapshot = z.object({
  snapshot: z.object({
    volume_id: z.string(),
    name: z.string().max(255).nullish(),
    description: z.string().max(255).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    force: z.union([z.boolean(), z.string()]).optional(),
  }),
})

export function snapshotRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { volumeSnapshots } = cloud.state
  for (const path of ['/snapshots', '/snapshots/detail']) {
    app.get(path, (c) => {
      const query = new URL(c.req.url).searchParams
      const { page, next } = listRows(volumeSnapshots.values(), c.var.principal, query, {
        volume_id: (snapshot) => snapshot.volumeId,
      })
      if (next !== null) query.set('marker', next)
      return c.json({
        snapshots: page.map(snapshotView),
        ...(next !== null && {
          snapshots_links: [{ rel: 'next', href: `${cloud.url}${c.req.path}?${query.toString()}` }],
        }),
      })
    })
  }
  app.get('/snapshots/:id', (c) => c.json({ snapshot: snapshotView(snapshotOf(cloud, c)) }))
  app.post('/snapshots', async (c) => {
    const { snapshot: wish } = check(NewSnapshot, await readJson(c))
    const volume = ownVolume(cloud, c, wish.volume_id, `Volume ${wish.volume_id} could not be found.`)
    const force = c.var.microversion >= 66 || wish.force === true || String(wish.force).toLowerCase() === 'true'
    if (volume.status !== 'available' && !(volume.status === 'in-use' && force))
      throw badRequest(
        `Invalid volume: Volume ${volume.id} status must be available, but current status is: ${volume.status}.`,
      )
    checkVolumeQuota(cloud, volume.projectId, 'snapshots', volume.sizeGb)
    const now = cloud.now()
    const made: Snapshot = {
      id: uuid(),
      name: wish.name ?? null,
      description: wish.description ?? null,
      projectId: volume.projectId,
      volumeId: volume.id,
      sizeGb: volume.sizeGb,
      status: 'creating',
      metadata: wish.metadata ?? {},
      due: { at: cloud.volumes.soon(), to: 'available' },
      createdAt: now,
      updatedAt: now,
    }
    cloud.volumes.putSnapshot(made)
    return c.json({ snapshot: snapshotView(made) }, 202)
  })
  app.delete('/snapshots/:id', (c) => {
    const snapshot = snapshotOf(cloud, c)
    cloud.volumes.putSnapshot({ ...snapshot, status: 'deleting', due: { at: cloud.volumes.soon(), to: 'gone' } })
    return c.body(null, 202)
  })
  return app
}
