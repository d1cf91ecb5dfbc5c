import type { HttpBindings } from '@hono/node-server'
import type { Service } from '#testbed/cloud/error-body.ts'
import type { Sight } from './match.ts'
import type { Effect } from './rule.ts'

/** One request of a service's. */
export interface Call {
  service: Service
  request: Request
  /** Path and query. */
  path: string
  node: HttpBindings
  /** For whoever gives none of its own. */
  requestId: string
}

export interface Answer {
  response: Response
  /** Names of who asked, as far as the cloud found out. */
  user: string | null
  project: string | null
}

/** A cloud, as its front has it. */
export interface Behind {
  /** What rules may see of a request. */
  look(call: Call): Promise<Sight>
  /** @param effect A fault that the service itself has to play. */
  answer(call: Call, effect: Effect | null): Promise<Answer>
}
