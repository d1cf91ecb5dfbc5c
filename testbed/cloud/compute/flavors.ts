import type { Cloud } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import type { Flavor } from './types.ts'

export const mayUse = (who: Principal, flavor: Flavor): boolean =>
  flavor.onlyFor === null || flavor.onlyFor.includes(projectOf(who)) || isAdmin(who)

/** By id, also where the reference is a link. */
export function flavorFor(cloud: Cloud, who: Principal, ref: string): Flavor | undefined {
  const found = cloud.state.flavors.get(ref.split('/').at(-1) ?? '')
  return found !== undefined && mayUse(who, found) ? found : undefined
}
