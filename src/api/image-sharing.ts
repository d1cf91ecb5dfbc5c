import { imagesOf } from '#clouds/choices.ts'
import { imageSharingType, type ImageSharingResult as Shared } from '#contract/image-sharing.ts'
import { imageSharingStart } from '#contract/starts.ts'
import { chooseImage } from '#domain/image.ts'
import type { FoundCredential } from '#secrets/user-credential.ts'
import type { Context } from './context.ts'
import { connected, credentialsOf } from './images.ts'
import { batchProject, knownProjects, namedProject, type KnownProject } from './known-projects.ts'
import { forEach, problemOf, runForImage, type Target } from './sharing-run.ts'
import type { ImageSharingQuery, ImageSharingResult } from './types.ts'

/** On each cloud with each project: one that fails keeps no other. Without projects, with the batch project. */
export async function shareImage(
  context: Context,
  wanted: string,
  query: ImageSharingQuery,
): Promise<ImageSharingResult[]> {
  const rows = await Promise.all(
    credentialsOf(context, query).map((found) => onCloud(context, found, wanted, query.projects ?? [])),
  )
  return rows.flat()
}

async function onCloud(
  context: Context,
  found: FoundCredential,
  wanted: string,
  names: readonly string[],
): Promise<ImageSharingResult[]> {
  const { cloud } = found
  const failed = (error: unknown, project?: string): ImageSharingResult => ({
    cloud,
    image: wanted,
    ...(project === undefined ? {} : { project }),
    outcome: 'failed',
    problem: problemOf(error),
  })
  try {
    const image = await connected(found, async (connection) => chooseImage(await imagesOf(connection), wanted, cloud))
    const target = { cloud, image: { id: image.id, name: image.name } }
    if (names.length === 0) return [await share(context, found, target, await batchProject(context, cloud))]
    const known = await knownProjects(context, found)
    return await forEach(names, (name) => namedProject(known, name, cloud), {
      done: (project) => share(context, found, target, project),
      failed,
    })
  } catch (error) {
    return names.length === 0 ? [failed(error)] : names.map((name) => failed(error, name))
  }
}

async function share(
  context: Context,
  found: FoundCredential,
  target: Target,
  project: KnownProject,
): Promise<ImageSharingResult> {
  const { cloud, image } = target
  const row = {
    cloud,
    image: image.name,
    id: image.id,
    project: project.id,
    ...(project.name === undefined ? {} : { projectName: project.name }),
  }
  const { spokenFor } = project
  const credentials = { owner: found.config, ...(typeof spokenFor === 'object' ? { receiver: spokenFor } : {}) }
  try {
    const result = await runForImage<Shared>(context, cloud, credentials, imageSharingType, ({ owner, receiver }) =>
      imageSharingStart(
        {
          pool: context.loaded.config.pool,
          ...target,
          project: project.id,
          owner,
          ...(spokenFor === 'site' ? {} : { receiver: receiver ?? 'nobody' }),
        },
        context.principal.user,
      ),
    )
    const { membership } = result
    return { ...row, outcome: outcomeOf(result), ...(membership === undefined ? {} : { membership }) }
  } catch (error) {
    return { ...row, outcome: 'failed', problem: problemOf(error) }
  }
}

function outcomeOf({ shared, visibility }: Shared): ImageSharingResult['outcome'] {
  if (shared === 'now') return 'shared'
  if (shared === 'already') return 'already'
  return visibility === 'public' || visibility === 'community' ? 'open' : 'own'
}
