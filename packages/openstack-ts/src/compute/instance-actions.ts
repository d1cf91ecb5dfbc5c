import { z } from 'zod'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** One step of an action, on one of the cloud's own services. */
export interface InstanceActionEvent {
  /** E.g. `compute__do_build_and_run_instance`. */
  event: string
  startedAt: string | null
  /** Null while it is under way. */
  finishedAt: string | null
  /** `Success` or `Error`; null while it is under way. */
  result: string | null
  /** From 2.84. */
  details: string | null
}

/** What was asked of a server. */
export interface InstanceAction extends Resource {
  /** `create`, `stop`, `delete`, … */
  action: string
  /** Of the request that asked for it; the id of the action as well. */
  requestId: string
  serverId: string
  userId: string | null
  projectId: string | null
  startedAt: string | null
  /** `Error`, if it failed. */
  message: string | null
  /** Known to {@link InstanceActions.show}, empty in lists. Before 2.51 for administrators only. */
  events: InstanceActionEvent[]
}

const event = z
  .object({ event: z.string(), start_time: time, finish_time: time, result: text, details: text })
  .transform((body): InstanceActionEvent => ({
    event: body.event,
    startedAt: body.start_time,
    finishedAt: body.finish_time,
    result: body.result,
    details: body.details,
  }))

const action = resource(
  {
    action: z.string(),
    request_id: z.string(),
    instance_uuid: z.string(),
    user_id: text,
    project_id: text,
    start_time: time,
    message: text,
    events: z.array(event).nullish(),
  },
  (body): Fields<InstanceAction> => ({
    action: body.action,
    requestId: body.request_id,
    serverId: body.instance_uuid,
    userId: body.user_id,
    projectId: body.project_id,
    startedAt: body.start_time,
    message: body.message,
    events: body.events ?? [],
  }),
)

const one = z.object({ instanceAction: action }).transform((body) => body.instanceAction)

/** What was done to a server, and by whom. https://docs.openstack.org/api-ref/compute/#servers-actions-servers-os-instance-actions */
export class InstanceActions {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The newest first; also of a server that is gone, from 2.21. In pages from 2.58. */
  list(serverId: string, options: PageOptions = {}): AsyncGenerator<InstanceAction, void, undefined> {
    return paginate(
      this.#client,
      path`/servers/${serverId}/os-instance-actions`,
      'instanceActions',
      action,
      {},
      options,
    )
  }

  /** With its events. */
  show(serverId: string, requestId: string, options: CallOptions = {}): Promise<InstanceAction> {
    return this.#client.get(path`/servers/${serverId}/os-instance-actions/${requestId}`, one, options)
  }
}
