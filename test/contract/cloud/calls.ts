import { serversCreate } from './calls/compute/servers-create.ts'
import type { Call } from './matrix.ts'

/** Every call that the product makes. */
export const CALLS: readonly Call[] = [serversCreate]
