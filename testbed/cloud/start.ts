import { Hono, type Context } from 'hono'
import { Front } from '#testbed/front/front.ts'
import { RequestLog } from '#testbed/front/request-log.ts'
import { serve } from '#testbed/front/serve.ts'
import { serviceOf } from '#testbed/front/service-of.ts'
import type { Rules } from '#testbed/front/strike.ts'
import { CloudAdmin } from './admin/client.ts'
import { adminRoutes } from './admin/routes.ts'
import { VolumeLife } from './block-storage/life.ts'
import { durableRules, perform, simulated } from './behind.ts'
import { blockStorageRoutes } from './block-storage/routes.ts'
import type { Cloud, Env } from './cloud.ts'
import { ServerLife } from './compute/life.ts'
import { computeRoutes } from './compute/routes.ts'
import { guestEnded } from './compute/guest-ended.ts'
import { CloudConfigSchema, type CloudConfig, type CloudConfigInput } from './config.ts'
import { errorResponse } from './error-body.ts'
import { Hypervisor } from './hypervisor/folder.ts'
import { identityRoutes } from './identity/routes.ts'
import { ContentStore } from './image/content.ts'
import { imageRoutes } from './image/routes.ts'
import { Snapshots } from './image/snapshot.ts'
import { networkRoutes } from './network/routes.ts'
import { placementRoutes } from './placement/routes.ts'
import { Refusal } from './refusal.ts'
import { applySeed } from './seed-apply.ts'
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
  // The address before the state file: a second process with the same configuration must not touch it.
  const served = await serve(config.listen)
  const { url } = served
  try {
    const store = new Store(config.stateFile)
    const cloud = assemble(config, store, url)
    const rules = durableRules(cloud)
    const log = new RequestLog()
    const app = mount(cloud, rules, log)
    const front = new Front({
      behind: simulated(cloud, app),
      rules,
      log,
      aside: (...call) => perform(cloud, app, ...call),
    })
    // First the guests that ended meanwhile: resuming tells the runner anew what should be on.
    cloud.hypervisor.start(cloud, (id) => guestEnded(cloud, id))
    cloud.life.resume()
    cloud.snapshots.resume()
    cloud.volumes.resume()
    served.begin((...call) => front.handle(...call))
    const stopParts = [front, cloud.life, cloud.snapshots, cloud.volumes, cloud.hypervisor]
    return {
      url,
      authUrl: `${url}/identity/v3`,
      adminUrl: `${url}/admin`,
      admin: new CloudAdmin(`${url}/admin`, config.adminToken ?? ''),
      async stop() {
        for (const part of stopParts) part.stop()
        await served.close()
        store.close()
      },
    }
  } catch (error) {
    await served.close()
    throw error
  }
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

function mount(cloud: Cloud, rules: Rules, log: RequestLog): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  const refused = (c: Context<Env>, refusal: Refusal): Response =>
    errorResponse(serviceOf(c.req.path) ?? 'compute', refusal, c.req.header('accept'))
  app.onError((error, c) => {
    if (error instanceof Refusal) return refused(c, error)
    console.error(error)
    return refused(c, new Refusal(500, `Unexpected API Error. ${String(error)}`))
  })
  app.notFound((c) => refused(c, new Refusal(404, 'The resource could not be found.')))
  app.route('/identity', identityRoutes(cloud))
  app.route('/image', imageRoutes(cloud))
  app.route('/compute', computeRoutes(cloud))
  app.route('/network', networkRoutes(cloud))
  app.route('/volume', blockStorageRoutes(cloud))
  app.route('/placement', placementRoutes(cloud))
  const { adminToken } = cloud.config
  if (adminToken !== null) app.route('/admin', adminRoutes(cloud, { rules, log, adminToken }))
  return app
}
