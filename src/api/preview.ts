import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import { chooseOnCloud, settleChoices, type Choice } from '#domain/choice.ts'
import type { DemandGroup } from '#domain/demand.ts'
import { renderOptions } from '#domain/submit/render-options.ts'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { dryRun, type DryRunJob } from '#htcondor/dry-run.ts'
import { findCredentials } from '#secrets/user-credential.ts'
import { stateFolder, type Context } from './context.ts'
import { askPlan, verdictsOf } from './fleet.ts'
import { connected } from './images.ts'
import { inputOf } from './submissions.ts'
import type { SubmissionPreview, SubmitRequest } from './types.ts'

/** What `submit` would do: the same reading, choosing and rendering, and the plan for jobs like these. Nothing is shared, submitted or booted. */
export async function previewSubmission(context: Context, request: SubmitRequest): Promise<SubmissionPreview> {
  const { config } = context.loaded
  const { input, text } = await inputOf(context, request)
  const report = validateSubmitFile(text, request.file)
  const wanted = {
    image: input.image ?? report.image,
    flavor: input.flavor ?? report.flavor,
    resources: report.resources,
  }
  const offers = await Promise.all(
    findCredentials(config.clouds, context.options.env, context.options.directory).map((found) =>
      connected(found, async (cloud) => {
        const [images, flavors, project] = await Promise.all([imagesOf(cloud), flavorsOf(cloud), cloud.projectName()])
        return { cloud: found.cloud, project, images, flavors }
      }),
    ),
  )
  const choices: Choice[] = settleChoices(offers.map((offer) => chooseOnCloud(offer, wanted)))
  const rendered = renderSubmitFile(
    renderOptions({
      text,
      id: 'preview',
      choices,
      user: context.principal.user,
      trustDomain: config.condor.trustDomain,
      keepalive: {
        value: input.keepaliveMinutes ?? config.keepalive.default / 60_000,
        cap: config.keepalive.cap / 60_000,
      },
      refuseRequirements: config.policy.refuseRequirements,
    }),
  )
  const file = join(stateFolder(context), 'preview.sub')
  await mkdir(stateFolder(context), { recursive: true, mode: 0o700 })
  await writeFile(file, rendered, { mode: 0o600 })
  const dry = await dryRun(context.condor, { as: 'self', file, directory: request.directory })
  const warnings: string[] = []
  const group = supposedGroup(context.principal.user, choices, dry.kinds[0], dry.jobs)
  const plan = await askPlan(context, group).catch((error: unknown) => {
    warnings.push(`no plan: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  return {
    rendered,
    jobs: dry.jobs,
    images: choices.map(({ cloud, image: { id, name } }) => ({ cloud, id, name })),
    flavors: choices.map(({ cloud, flavor: { id, name } }) => ({ cloud, id, name })),
    verdicts: plan === undefined ? [] : verdictsOf(plan, group.id),
    warnings,
  }
}

/** The jobs as demand, before there are any. */
function supposedGroup(owner: string, choices: Choice[], kind: DryRunJob | undefined, count: number): DemandGroup {
  const [first] = choices
  return {
    id: 'preview',
    owner,
    vmType: `${first?.image.project ?? ''}:${first?.image.name ?? ''}`,
    images: Object.fromEntries(choices.map(({ cloud, image }) => [cloud, image.id])),
    flavors: Object.fromEntries(choices.map(({ cloud, flavor }) => [cloud, flavor.id])),
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
