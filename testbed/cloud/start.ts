import { once } from 'node:events'
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { CloudAdmin } from './admin/client.ts'
import { adminRoutes } from './admin/routes.ts'
import { VolumeLife } from './block-storage/life.ts'
import { blockStorageRoutes } from './block-storage/routes.ts'
import type { Cloud, Env } from './cloud.ts'
import { ServerLife } from './compute/life.ts'
import { computeRoutes } from './compute/routes.ts'
import { guestEnded } from './compute/guest-ended.ts'
import { CloudConfigSchema, type CloudConfig, type CloudConfigInput } from './config.ts'
import { errorResponse } from './error-body.ts'
import { Front } from './front.ts'
import { Hypervisor } from './hypervisor/folder.ts'
import { identityRoutes } from './identity/routes.ts'
import { ContentStore } from './image/content.ts'
import { imageRoutes } from './image/routes.ts'
import { Snapshots } from './image/snapshot.ts'
import { networkRoutes } from './network/routes.ts'
import { placementRoutes } from './placement/routes.ts'
import { Refusal } from './refusal.ts'
import { RequestLog } from './request-log.ts'
import { applySeed } from './seed-apply.ts'
import { serviceOf } from './service-of.ts'
import { openState } from './state.ts'
import { Store } from './store.ts'

export interface RunningCloud {
  /** `http://127.0.0.1:PORT`; Keystone is at `/identity/v3` below it. */
  url: string
  authUrl: string
  adminUrl: string
  admin: CloudAdmin
  stop(): Promise<void>
}

/**
 * Starts one cloud in this process.
 * @throws ZodError for a bad configuration, and what the system says of the address and the files.
 */
export async function startCloud(input: CloudConfigInput): Promise<RunningCloud> {
  const config = CloudConfigSchema.parse(input)
  let front: Front | null = null
  const server = createAdaptorServer({
    fetch: (request, node) => front?.handle(request, node as HttpBindings) ?? new Response(null, { status: 503 }),
    overrideGlobalObjects: false,
    serverOptions: { keepAliveTimeout: 65_000 },
  })
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }
  // The address before the state file: a second process with the same configuration must not touch it.
  const url = await listen(server, config.listen)
  try {
    const store = new Store(config.stateFile)
    const cloud = assemble(config, store, url)
    const log = new RequestLog()
    front = new Front(cloud, mount(cloud, log), log)
    // First the guests that ended meanwhile: resuming tells the runner anew what should be on.
    cloud.hypervisor.start(cloud, (id) => guestEnded(cloud, id))
    cloud.life.resume()
    cloud.snapshots.resume()
    cloud.volumes.resume()
    const stopParts = [front, cloud.life, cloud.snapshots, cloud.volumes, cloud.hypervisor]
    return {
      url,
      authUrl: `${url}/identity/v3`,
      adminUrl: `${url}/admin`,
      admin: new CloudAdmin(`${url}/admin`, config.adminToken ?? ''),
      async stop() {
        for (const part of stopParts) part.stop()
        await close()
        store.close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function listen(server: ServerType, address: string): Promise<string> {
  const [host = '', port = '0'] = address.split(':')
  server.listen(Number(port), host)
  await once(server, 'listening')
  const bound = server.address()
  return `http://${host}:${typeof bound === 'object' && bound !== null ? bound.port : port}`
}

function assemble(config: CloudConfig, store: Store, url: string): Cloud {
  const state = openState(store)
  applySeed(state, config, Date.now())
  store.commit()
  const cloud: Cloud = {
    config,
    url,
    state,
    hypervisor: new Hypervisor(config.hypervisorFolder),
    contents: new ContentStore(config.imageFolder),
    timings: () => state.timings.get('now') ?? config.timings,
    now: () => Date.now(),
    commit: () => store.commit(),
    // They work with the cloud that they are part of.
    get life() {
      return life
    },
    get snapshots() {
      return snapshots
    },
    get volumes() {
      return volumes
    },
  }
  const life = new ServerLife(cloud)
  const snapshots = new Snapshots(cloud)
  const volumes = new VolumeLife(cloud)
  return cloud
}

function mount(cloud: Cloud, log: RequestLog): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.onError((error, c) => {
    const service = serviceOf(c.req.path) ?? 'compute'
    if (error instanceof Refusal) return errorResponse(service, error)
    console.error(error)
    return errorResponse(service, new Refusal(500, `Unexpected API Error. ${String(error)}`))
  })
  app.notFound((c) =>
    errorResponse(serviceOf(c.req.path) ?? 'compute', new Refusal(404, 'The resource could not be found.')),
  )
  app.route('/identity', identityRoutes(cloud))
  app.route('/image', imageRoutes(cloud))
  app.route('/compute', computeRoutes(cloud))
  app.route('/network', networkRoutes(cloud))
  app.route('/volume', blockStorageRoutes(cloud))
  app.route('/placement', placementRoutes(cloud))
  if (cloud.config.adminToken !== null) app.route('/admin', adminRoutes(cloud, log, cloud.config.adminToken))
  return app
}
