import type { Choice } from '../choice.ts'
import type { CopyWish } from '../replication/for-jobs.ts'
import type { RenderOptions } from './render.ts'

export interface RenderRequest {
  text: string
  id: string
  choices: readonly Choice[]
  copies: readonly Pick<CopyWish, 'cloud' | 'image' | 'hash' | 'flavor'>[]
  user: string
  trustDomain: string
  /** Minutes. */
  keepalive: { value: number; cap: number }
  refuseRequirements: boolean
  proxy?: { path: string; preCommand: string }
}

/** How a submission's file is rendered, from what was chosen for it. Its jobs are handed in on hold. */
export function renderOptions({
  choices,
  copies,
  id,
  user,
  refuseRequirements,
  ...rest
}: RenderRequest): RenderOptions {
  const image = (choices[0] ?? copies[0])?.image
  return {
    ...rest,
    submission: id,
    vmType: `${image?.project ?? ''}:${image?.name ?? ''}`,
    images: byCloud(choices, (choice) => choice.image.id),
    flavors: byCloud([...choices, ...copies], ({ flavor }) => flavor.id),
    copies: byCloud(copies, ({ hash }) => hash.value),
    tenant: user,
    hold: true,
    strictRequirements: refuseRequirements,
  }
}

/** What each of them has, by the name of its cloud. */
export const byCloud = <One extends { cloud: string }>(
  all: readonly One[],
  pick: (one: One) => string,
): Record<string, string> => Object.fromEntries(all.map((one) => [one.cloud, pick(one)]))
