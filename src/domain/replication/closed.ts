import type { Flavor } from '../flavor.ts'
import { needOf, neverFits } from '../fleet/limits.ts'
import type { FleetCloud } from '../fleet/types.ts'
import { blockText } from '../fleet/verdicts.ts'

/** What decides whether an image is copied to a cloud by itself. */
export interface CopyTarget extends Pick<FleetCloud, 'name' | 'caps' | 'reserved' | 'observed' | 'perVm'> {
  /** Whether the site lets images be copied there. */
  copyImages: boolean
  /** An operator's word on the cloud. */
  control?: { enabled: boolean; reason: string }
}

/** Why no image is copied there by itself for VMs of a flavor; `undefined` if it may be. What is not known hinders nothing. */
export function closedTo({ copyImages, control, ...cloud }: CopyTarget, flavor: Flavor): string | undefined {
  if (!copyImages) return 'this site copies no images there unless somebody asks for it'
  if (control?.enabled === false) return `the cloud is disabled: ${control.reason}`
  const short = neverFits(cloud, needOf(cloud, { cores: flavor.vcpus, ramMb: flavor.ramMb }))
  if (short === undefined) return undefined
  return `no VM of ${flavor.name} could run there: ${blockText(short, { cloud: cloud.name, owner: 'you', vmType: '', now: 0 })}`
}
