import { imagesOf } from '#clouds/choices.ts'
import { imageUnsharingType, type ImageUnsharingResult as Unshared } from '#contract/image-unsharing.ts'
import { imageUnsharingStart } from '#contract/starts.ts'
import { findImage } from '#domain/image.ts'
import { submissionsWithImage } from '#htcondor/submissions-with-image.ts'
import type { FoundCredential } from '#secrets/user-credential.ts'
import type { Context } from './context.ts'
import { connected, credentialsOf } from './images.ts'
import { knownProjects, namedProject, type KnownProject } from './known-projects.ts'
import { forEach, problemOf, runForImage, type Target } from './sharing-run.ts'
import type { ImageQuery, ImageUnsharingResult, ImageUse } from './types.ts'
import { readVms } from './vms.ts'

/** On each cloud from each project: one that fails keeps no other. What runs from the image is left alone. */
export async function unshareImage(
  context: Context,
  wanted: string,
  projects: readonly string[],
  query: ImageQuery,
): Promise<ImageUnsharingResult[]> {
  const rows = await Promise.all(
    credentialsOf(context, query).map((found) => onCloud(context, found, wanted, projects)),
  )
  return rows.flat()
}

async function onCloud(
  context: Context,
  found: FoundCredential,
  wanted: string,
  names: readonly string[],
): Promise<ImageUnsharingResult[]> {
  const { cloud } = found
  const failed = (error: unknown, project: string): ImageUnsharingResult => {
    return { cloud, image: wanted, project, outcome: 'failed', problem: problemOf(error) }
  }
  try {
    const image = await connected(found, async (connection) => findImage(await imagesOf(connection), wanted, cloud))
    const known = await knownProjects(context, found)
    return await forEach(names, (name) => namedProject(known, name, cloud), {
      done: (project) => unshare(context, found, { cloud, image: { id: image.id, name: image.name } }, project),
      failed,
    })
  } catch (error) {
    return names.map((name) => failed(error, name))
  }
}

async function unshare(
  context: Context,
  found: FoundCredential,
  target: Target,
  project: KnownProject,
): Promise<ImageUnsharingResult> {
  const { cloud, image } = target
  const row = {
    cloud,
    image: image.name,
    id: image.id,
    project: project.id,
    ...(project.name === undefined ? {} : { projectName: project.name }),
  }
  const { pool } = context.loaded.config
  try {
    const { outcome } = await runForImage<Unshared>(
      context,
      cloud,
      { owner: found.config },
      imageUnsharingType,
      ({ owner }) => imageUnsharingStart({ pool, ...target, project: project.id, owner }, context.principal.user),
    )
    // only worker VMs boot for submissions, and they are the batch project's
    if (outcome !== 'unshared' || project.spokenFor !== 'site') return { ...row, outcome }
    return { ...row, outcome, usedBy: await useOf(context, cloud, image.id).catch(() => 'unknown' as const) }
  } catch (error) {
    return { ...row, outcome: 'failed', problem: problemOf(error) }
  }
}

async function useOf(context: Context, cloud: string, image: string): Promise<ImageUse> {
  const [submissions, vms] = await Promise.all([
    submissionsWithImage(context.condor, cloud, image),
    readVms(context, { cloud, all: false }),
  ])
  return { submissions, vms: vms.filter(({ order }) => order.image.id === image).map(({ vm }) => vm) }
}
