import type { Choice } from '../choice.ts'
import type { RenderOptions } from './render.ts'

export interface RenderRequest {
  text: string
  id: string
  choices: readonly Choice[]
  user: string
  trustDomain: string
  /** Minutes. */
  keepalive: { value: number; cap: number }
  refuseRequirements: boolean
  proxy?: { path: string; preCommand: string }
}

/** How a submission's file is rendered, from what was chosen for it. Its jobs are handed in on hold. */
export function renderOptions({ choices, id, user, refuseRequirements, ...rest }: RenderRequest): RenderOptions {
  const [first] = choices
  const named = (pick: (choice: Choice) => string) =>
    Object.fromEntries(choices.map((choice) => [choice.cloud, pick(choice)]))
  return {
    ...rest,
    submission: id,
    vmType: `${first?.image.project ?? ''}:${first?.image.name ?? ''}`,
    images: named(({ image }) => image.id),
    flavors: named(({ flavor }) => flavor.id),
    tenant: user,
    hold: true,
    strictRequirements: refuseRequirements,
  }
}
