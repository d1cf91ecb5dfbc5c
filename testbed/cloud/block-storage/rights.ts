import type { Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import { forbidden, notFound } from '../refusal.ts'
import type { Snapshot, Volume } from './types.ts'

/** @throws Refusal 403 naming Cinder's rule, unless an administrator asks. */
export function volumeAdminOnly(c: Context<Env>, rule: string): void {
  if (!isAdmin(c.var.principal)) throw forbidden(`Policy doesn't allow ${rule} to be performed.`)
}

/** The volume that the path names. @throws Refusal 404, also for other projects' volumes. */
export const volumeOf = (cloud: Cloud, c: Context<Env>): Volume =>
  ownVolume(cloud, c, c.req.param('id') ?? '', `Volume ${c.req.param('id')} could not be found.`)

export function ownVolume(cloud: Cloud, c: Context<Env>, id: string, otherwise: string): Volume {
  const found = cloud.state.volumes.get(id)
  if (found === undefined || !mayTouch(c, found)) throw notFound(otherwise)
  return found
}

export function snapshotOf(cloud: Cloud, c: Context<Env>): Snapshot {
  const id = c.req.param('id') ?? ''
  const found = cloud.state.volumeSnapshots.get(id)
  if (found === undefined || !mayTouch(c, found)) throw notFound(`Snapshot ${id} could not be found.`)
  return found
}

const mayTouch = (c: Context<Env>, row: { projectId: string }): boolean =>
  row.projectId === projectOf(c.var.principal) || isAdmin(c.var.principal)
