import { serversForceDelete, serversUnlock } from './calls/compute/servers-act.ts'
import { serversCreate } from './calls/compute/servers-create.ts'
import { serversDelete } from './calls/compute/servers-delete.ts'
import { serversShow } from './calls/compute/servers-show.ts'
import type { Call } from './matrix.ts'

/** Every call that the product makes. */
export const CALLS: readonly Call[] = [serversCreate, serversShow, serversDelete, serversUnlock, serversForceDelete]
