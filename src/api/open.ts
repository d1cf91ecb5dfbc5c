import { recallConfig } from '#config/recall.ts'
import { lazyClient } from './connect.ts'
import type { Context } from './context.ts'
import type { OpenApi } from './types.ts'

// Each command waits for what is loaded before it: an answer from Temporal needs none of what talks to clouds.
const clouds = () => import('./clouds.ts')
const fleet = () => import('./fleet.ts')
const images = () => import('./images.ts')
const jobs = () => import('./jobs.ts')
const replication = () => import('./replication.ts')
const rotation = () => import('./rotation.ts')
const vms = () => import('./vms.ts')

/** The api on behalf of one principal. Connects to nothing until something is asked. */
export const openApi: OpenApi = async (principal, options) => {
  const loaded = await recallConfig({
    env: options.env,
    cwd: options.directory,
    ...(options.config === undefined ? {} : { flag: options.config }),
  })
  const isOperator = principal.roles.includes('operator') || loaded.config.operators.includes(principal.user)
  const temporal = lazyClient(loaded.config)
  const context: Context = {
    principal: { ...principal, roles: isOperator ? ['user', 'operator'] : ['user'] },
    options,
    loaded,
    condor: loaded.config.condor,
    client: temporal.client,
    connection: temporal.connection,
  }
  return {
    submit: async (request) => (await import('./submissions.ts')).submit(context, request),
    previewSubmission: async (request) => (await import('./preview.ts')).previewSubmission(context, request),
    async *watchSubmission(id, signal) {
      yield* (await import('./watch-submission.ts')).watchSubmission(context, id, signal)
    },
    listJobs: async (query) => (await jobs()).listJobs(context, query),
    showJob: async (id) => (await jobs()).showJob(context, id),
    whyJob: async (id) => (await jobs()).whyJob(context, id),
    removeJobs: async (ids) => (await jobs()).removeJobs(context, ids),
    listVms: async (query) => (await vms()).listVms(context, query),
    showVm: async (name) => (await vms()).showVm(context, name),
    retireVm: async (name, reason) => (await vms()).retireVm(context, name, reason),
    listClouds: async () => (await clouds()).listClouds(context),
    showCloud: async (name) => (await clouds()).showCloud(context, name),
    enableCloud: async (name, reason = 'enabled again') => (await clouds()).controlCloud(context, name, true, reason),
    disableCloud: async (name, reason) => (await clouds()).controlCloud(context, name, false, reason),
    cloudNames: async (name) => (await clouds()).configuredClouds(context, name),
    async *checkCloud(name, how) {
      yield* (await import('./cloud-check/check-cloud.ts')).checkCloud(context, name, how)
    },
    rotateCredential: async (name, lender) => (await rotation()).rotateCredential(context, name, lender),
    async *watchRotation(workflowId, signal) {
      yield* (await rotation()).watchRotation(context, workflowId, signal)
    },
    showFleet: async () => (await fleet()).showFleet(context),
    planFleet: async () => (await fleet()).planFleet(context),
    listFlavors: async (query) => (await import('./flavors.ts')).listFlavors(context, query),
    listImages: async (query) => (await images()).listImages(context, query),
    shareImage: async (image, query) => (await import('./image-sharing.ts')).shareImage(context, image, query),
    unshareImage: async (image, projects, query) =>
      (await import('./image-unsharing.ts')).unshareImage(context, image, projects, query),
    replicateImage: async (request) => (await replication()).replicateImage(context, request),
    async *watchReplication(workflowId, signal) {
      yield* (await replication()).watchReplication(context, workflowId, signal)
    },
    planCleanup: async (cloud) => (await import('./cleanup.ts')).runCleanup(context, cloud, { plan: true }),
    runCleanup: async (cloud, how) => (await import('./cleanup.ts')).runCleanup(context, cloud, how),
    listCleanups: async (query) => (await import('./cleanup.ts')).listCleanups(context, query),
    async *diagnose() {
      yield* (await import('./diagnose.ts')).diagnose(context)
    },
    showConfig: async () => (await import('./show-config.ts')).showConfig(context),
    close: () => temporal.close(),
  }
}
