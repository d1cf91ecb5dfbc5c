import { loadConfig } from '#config/load.ts'
import { controlCloud, listClouds, showCloud } from './clouds.ts'
import { lazyClient } from './connect.ts'
import type { Context } from './context.ts'
import { diagnose } from './diagnose.ts'
import { planFleet, showFleet } from './fleet.ts'
import { listImages, shareImage } from './images.ts'
import { listJobs, removeJobs, showJob, whyJob } from './jobs.ts'
import { previewSubmission } from './preview.ts'
import { showConfig } from './show-config.ts'
import { submit } from './submissions.ts'
import type { OpenApi } from './types.ts'
import { listVms, retireVm, showVm } from './vms.ts'
import { watchSubmission } from './watch-submission.ts'

/** The api on behalf of one principal. Connects to nothing until something is asked. */
export const openApi: OpenApi = async (principal, options) => {
  const loaded = loadConfig({
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
    submit: (request) => submit(context, request),
    previewSubmission: (request) => previewSubmission(context, request),
    watchSubmission: (id, signal) => watchSubmission(context, id, signal),
    listJobs: (query) => listJobs(context, query),
    showJob: (id) => showJob(context, id),
    whyJob: (id) => whyJob(context, id),
    removeJobs: (ids) => removeJobs(context, ids),
    listVms: (query) => listVms(context, query),
    showVm: (name) => showVm(context, name),
    retireVm: (name, reason) => retireVm(context, name, reason),
    listClouds: () => listClouds(context),
    showCloud: (name) => showCloud(context, name),
    enableCloud: (name, reason = 'enabled again') => controlCloud(context, name, true, reason),
    disableCloud: (name, reason) => controlCloud(context, name, false, reason),
    showFleet: () => showFleet(context),
    planFleet: () => planFleet(context),
    listImages: (query) => listImages(context, query),
    shareImage: (image, query) => shareImage(context, image, query),
    diagnose: () => diagnose(context),
    showConfig: () => Promise.resolve(showConfig(context)),
    close: () => temporal.close(),
  }
}
