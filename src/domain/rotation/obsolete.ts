import type { Mark } from './mark.ts'

export interface MarkedCredential {
  id: string
  name: string
  mark?: Mark
}

/** Ids of what must stay, and of what the rotation knows to be replaced. */
export interface Standing {
  controlPlane: string
  cloud: string
  /** What clouds.yaml has now: of this rotation, or of somebody who has written it there since. */
  current: string
  /** What this rotation has made. */
  made: string
  /** What it was made in place of; unknown if that was deleted before. */
  replaced: string | undefined
  /** With what the rotation asks, if that is an application credential. */
  owner: string | undefined
}

/**
 * Which of a user's credentials go at the end of a rotation: the one that was replaced, and what rotations of this cloud have left
 * that came to no end. Others that nobody here has made or replaced are not ours to judge.
 */
export function obsolete<One extends MarkedCredential>(
  listed: readonly One[],
  { controlPlane, cloud, current, made, replaced, owner }: Standing,
): One[] {
  const ours = listed.filter(({ mark }) => mark?.controlPlane === controlPlane && mark.cloud === cloud)
  const gone = new Set([replaced, ...ours.flatMap(({ id, mark }) => [id, mark?.replaces])])
  for (const stays of [current, made, owner]) gone.delete(stays)
  return listed.filter(({ id }) => gone.has(id))
}
