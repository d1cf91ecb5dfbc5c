import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { zones } from '../compute/hosts.ts'
import { projectOf } from '../identity/roles.ts'
import { canSee, memberKey } from '../image/visibility.ts'
import { check, readJson } from '../read-json.ts'
import { badRequest, notFound } from '../refusal.ts'
import { listRows } from './list.ts'
import { checkVolumeQuota } from './quota.ts'
import { ownVolume, volumeAdminOnly, volumeOf } from './rights.ts'
import type { Volume } from './types.ts'
import { volumeBrief, volumeView } from './views.ts'
import { deleteVolume, makeVolume, volumeTypes } from './volumes.ts'

const text = z.string().max(255)
const Metadata = z.record(text.min(1), text)
const size = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
])
const NewVolume = z.object({
  volume: z.object({
    size: size.nullish(),
    name: text.nullish(),
    description: text.nullish(),
    volume_type: z.string().nullish(),
    availability_zone: z.string().nullish(),
    metadata: Metadata.nullish(),
    imageRef: z.string().nullish(),
    snapshot_id: z.string().nullish(),
    source_volid: z.string().nullish(),
  }),
})
const Change = z.object({
  volume: z.object({
    name: text.nullish(),
    description: text.nullish(),
    metadata: Metadata.optional(),
  }),
})

const NOT_NOW =
  'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and ' +
  'must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from ' +
  'snapshots after volume transfer.'

export function volumeRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { volumes, volumeSnapshots } = cloud.state
  const view = (c: Context<Env>, volume: Volume) => ({ volume: volumeView(cloud, c.var.microversion, volume) })

  const list = (c: Context<Env>, detail: boolean): Response => {
    const query = new URL(c.req.url).searchParams
    const { page, next } = listRows(volumes.values(), c.var.principal, query, {
      bootable: (volume) => String(volume.bootable),
      availability_zone: (volume) => volume.zone,
    })
    if (next !== null) query.set('marker', next)
    return c.json({
      volumes: page.map((one) => (detail ? volumeView(cloud, c.var.microversion, one) : volumeBrief(cloud, one))),
      ...(next !== null && {
        volumes_links: [{ rel: 'next', href: `${cloud.url}${c.req.path}?${query.toString()}` }],
      }),
    })
  }
  app.get('/volumes', (c) => list(c, false))
  app.get('/volumes/detail', (c) => list(c, true))
  app.get('/volumes/:id', (c) => c.json(view(c, volumeOf(cloud, c))))
  app.get('/types', (c) =>
    c.json({
      volume_types: volumeTypes(cloud).map((name) => ({ id: name, name, is_public: true, extra_specs: {} })),
    }),
  )

  app.post('/volumes', async (c) => {
    const { volume: wish } = check(NewVolume, await readJson(c))
    const who = c.var.principal
    const snapshot = wish.snapshot_id == null ? undefined : volumeSnapshots.get(wish.snapshot_id)
    if (wish.snapshot_id != null && snapshot?.projectId !== projectOf(who))
      throw notFound(`Snapshot ${wish.snapshot_id} could not be found.`)
    const source =
      wish.source_volid == null
        ? undefined
        : ownVolume(cloud, c, wish.source_volid, `Volume ${wish.source_volid} could not be found.`)
    const sizeGb = wish.size ?? snapshot?.sizeGb ?? source?.sizeGb
    if (sizeGb === undefined)
      throw badRequest("Invalid input received: Volume size 'None' must be an integer and greater than 0")
    if (wish.volume_type != null && !volumeTypes(cloud).includes(wish.volume_type))
      throw notFound(`Volume type with name ${wish.volume_type} could not be found.`)
    if (wish.availability_zone != null && !zones(cloud).includes(wish.availability_zone))
      throw badRequest(`Invalid input received: Availability zone '${wish.availability_zone}' is invalid.`)
    const image = wish.imageRef == null ? undefined : cloud.state.images.get(wish.imageRef)
    const memberOf = (id: string, project: string) => cloud.state.members.get(memberKey(id, project))
    if (wish.imageRef != null && (image === undefined || !canSee(who, image, memberOf)))
      throw badRequest('Invalid image identifier or unable to access requested image.')
    const made = makeVolume(cloud, {
      projectId: projectOf(who),
      userId: who.user.id,
      sizeGb,
      name: wish.name ?? undefined,
      description: wish.description,
      type: wish.volume_type ?? undefined,
      zone: wish.availability_zone ?? undefined,
      metadata: wish.metadata ?? undefined,
      image,
      snapshotId: wish.snapshot_id ?? undefined,
      sourceVolumeId: wish.source_volid ?? undefined,
    })
    const volume: Volume = { ...made, status: 'creating', due: { at: cloud.volumes.soon(), to: 'available' } }
    cloud.volumes.put(volume)
    return c.json(view(c, volume), 202)
  })

  app.put('/volumes/:id', async (c) => {
    const { volume: change } = check(Change, await readJson(c))
    const volume = volumeOf(cloud, c)
    const changed = {
      ...volume,
      name: change.name ?? volume.name,
      description: change.description === undefined ? volume.description : change.description,
      metadata: { ...volume.metadata, ...change.metadata },
    }
    cloud.volumes.put(changed)
    return c.json(view(c, changed))
  })

  app.delete('/volumes/:id', (c) => {
    const volume = volumeOf(cloud, c)
    const isTrue = (key: string): boolean => /^(1|t|true)$/i.test(c.req.query(key) ?? '')
    const force = c.var.microversion >= 23 && isTrue('force')
    if (force) volumeAdminOnly(c, 'volume:force_delete')
    const snapshots = [...volumeSnapshots.values()].filter(({ volumeId }) => volumeId === volume.id)
    const resting = volume.status === 'available' || volume.status === 'error'
    if (!force && (!resting || volume.attachments.length > 0)) throw badRequest(NOT_NOW)
    if (snapshots.length > 0 && !isTrue('cascade')) throw badRequest(NOT_NOW)
    for (const snapshot of snapshots) volumeSnapshots.delete(snapshot.id)
    deleteVolume(cloud, volume)
    return c.body(null, 202)
  })

  app.post('/volumes/:id/action', async (c) => {
    const body = await readJson(c)
    const volume = volumeOf(cloud, c)
    const [name, args]: [string?, unknown?] =
      typeof body === 'object' && body !== null ? (Object.entries(body)[0] ?? []) : []
    const fields: Record<string, unknown> = typeof args === 'object' && args !== null ? { ...args } : {}
    switch (name) {
      case 'os-force_delete':
        volumeAdminOnly(c, 'volume_extension:volume_admin_actions:force_delete')
        deleteVolume(cloud, volume)
        return c.body(null, 202)
      case 'os-extend': {
        const to = check(size, fields['new_size'])
        if (volume.status !== 'available' && !(volume.status === 'in-use' && c.var.microversion >= 42))
          throw badRequest(`Invalid volume: Volume ${volume.id} status must be available to extend`)
        if (to <= volume.sizeGb)
          throw badRequest(
            `Invalid input received: New size for extend must be greater than current size. (current: ${volume.sizeGb}, extended: ${to}).`,
          )
        checkVolumeQuota(cloud, volume.projectId, 'volumes', to - volume.sizeGb)
        cloud.volumes.put({ ...volume, sizeGb: to })
        return c.body(null, 202)
      }
      case 'os-set_bootable':
        cloud.volumes.put({ ...volume, bootable: fields['bootable'] === true || fields['bootable'] === 'true' })
        return c.body(null, 200)
      default:
        throw badRequest(`There is no such action: ${name}`)
    }
  })
  return app
}
