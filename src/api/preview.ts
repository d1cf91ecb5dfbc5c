import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import { siteRenderOptions } from '#config/render-options.ts'
import { roomRules } from '#config/room-rules.ts'
import { chooseOnCloud, type Wanted } from '#domain/choice.ts'
import type { DemandGroup } from '#domain/demand.ts'
import { targets } from '#domain/fleet/options.ts'
import { Problem } from '#domain/problem.ts'
import { settle, type Looked } from '#domain/replication/for-jobs.ts'
import { renderSubmitFile, type RenderOptions } from '#domain/submit/render.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { checkRendered } from '#htcondor/check-rendered.ts'
import type { DryRun, DryRunJob } from '#htcondor/dry-run.ts'
import { requireExecutables } from '#htcondor/require-executables.ts'
import { findProxy } from '#secrets/proxy-certificate.ts'
import type { FoundCredential } from '#secrets/user-credential.ts'
import type { Context } from './context.ts'
import { askPlan, verdictsOf } from './fleet.ts'
import { connected } from './images.ts'
import { readRequest } from './submissions.ts'
import type { SubmissionPreview, SubmitRequest } from './types.ts'

/** What `submit` would do: the same reading, choosing and rendering, and the plan for jobs like these. Nothing is shared, submitted or booted. */
export async function previewSubmission(context: Context, request: SubmitRequest): Promise<SubmissionPreview> {
  const { config } = context.loaded
  const { file, text, credentials } = await readRequest(context, request)
  const report = validateSubmitFile(text, request.file)
  await requireExecutables('self', report.executables, request.file, request.directory)
  const wanted = {
    image: request.image ?? report.image,
    flavor: request.flavor ?? report.flavor,
    resources: report.resources,
  }
  const targetClouds = (report.targetClouds ?? '').split(/[\s,]+/).filter((name) => name !== '')
  const looked = await Promise.all(credentials.map((found) => lookAt(context, found, wanted, targetClouds)))
  const settled = settle(looked, wanted)
  const { choices, copies } = settled
  const certificate = await findProxy(context.principal, request.directory, request.proxy ?? report.x509userproxy)
  const warnings = [...settled.warnings, ...certificate.warnings]
  const { user } = context.principal
  const { keepaliveMinutes } = request
  const { proxy } = certificate
  const options = siteRenderOptions(config, { text, id: 'preview', choices, copies, user, keepaliveMinutes, proxy })
  const rendered = renderSubmitFile(options)
  const dry = await dryRunOf(context, request, rendered, options, file)
  const group = { ...supposedGroup(user, options, dry.kinds[0], dry.jobs), targetClouds }
  const plan = await askPlan(context, group).catch((error: unknown) => {
    warnings.push(`no plan: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  return {
    rendered,
    jobs: dry.jobs,
    images: choices.map(({ cloud, image: { id, name } }) => ({ cloud, id, name })),
    flavors: [...choices, ...copies].map(({ cloud, flavor: { id, name } }) => ({ cloud, id, name })),
    copies: copies.map(({ cloud, from, image: { name } }) => ({ cloud, from, name })),
    verdicts: plan === undefined ? [] : verdictsOf(plan, group.id),
    warnings,
  }
}

/** What the plan says of the room there is said with the verdicts. */
async function lookAt(
  { loaded: { config } }: Context,
  found: FoundCredential,
  wanted: Wanted,
  targetClouds: string[],
): Promise<Looked> {
  const { cloud } = found
  const policy = config.clouds.find(({ name }) => name === cloud)
  if (policy === undefined) throw new RangeError(`no cloud ${cloud}`)
  const wished = targets({ targetClouds }, policy)
  try {
    return await connected(found, async (connection) => {
      const [images, flavors, project, projectId] = await Promise.all([
        imagesOf(connection),
        flavorsOf(connection),
        connection.projectName(),
        connection.projectId(),
      ])
      const offer = { cloud, project, projectId, images, flavors, ...flavorRules(policy) }
      const target = { name: cloud, copyImages: policy.copyImages, observed: { quotas: {} }, ...roomRules(policy) }
      return { tried: chooseOnCloud(offer, wanted), offer, wished, target }
    })
  } catch (error) {
    if (error instanceof Problem) return { tried: { problem: error }, wished }
    throw error
  }
}

/** condor_submit reads the file; nothing of it stays. */
async function dryRunOf(
  { loaded }: Context,
  { directory }: SubmitRequest,
  rendered: string,
  stamp: RenderOptions,
  name: string,
): Promise<DryRun> {
  const folder = await mkdtemp(join(tmpdir(), 'canfar-batch-'))
  try {
    const file = join(folder, 'preview.sub')
    await writeFile(file, rendered, { mode: 0o600 })
    return await checkRendered(loaded.config.condor, { as: 'self', file, directory, rendered, name, stamp })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The jobs as demand, before there are any. */
function supposedGroup(
  owner: string,
  { vmType, images, flavors, copies }: RenderOptions,
  kind: DryRunJob | undefined,
  count: number,
): DemandGroup {
  return {
    id: 'preview',
    owner,
    vmType,
    images: { ...images },
    flavors: { ...flavors },
    copies: { ...copies },
    cpus: kind?.cpus ?? 1,
    memoryMb: kind?.memoryMb ?? 1,
    diskKb: kind?.diskKb ?? 1,
    targetClouds: [],
    highPriority: false,
    jobPerCore: false,
    priority: 0,
    requirements: kind?.requirements ?? '',
    count,
    sample: '',
  }
}
