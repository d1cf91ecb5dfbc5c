import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { OpenStack } from 'openstack-ts'
import { imagesOf } from '#clouds/choices.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import { imageSharingType, type ImageSharingResult as Shared } from '#contract/image-sharing.ts'
import { imageSharingStart } from '#contract/starts.ts'
import { chooseImage } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import { findCredentials, keepCredential, type FoundCredential } from '#secrets/user-credential.ts'
import { batchProjects } from './batch-projects.ts'
import { stateFolder, type Context } from './context.ts'
import { asProblem } from './failure.ts'
import type { ImageQuery, ImageRow, ImageSharingResult } from './types.ts'

export async function listImages(context: Context, query: ImageQuery): Promise<ImageRow[]> {
  const projects = await batchProjects(context).catch(() => new Map<string, string>())
  const rows = await Promise.all(
    credentials(context, query).map((found) =>
      connected(found, async (cloud) => {
        const images = await imagesOf(cloud)
        const target = projects.get(found.cloud)
        return Promise.all(
          images.map(async (image): Promise<ImageRow> => {
            const open = image.visibility === 'public' || image.visibility === 'community' || image.owner === target
            const member =
              open || target === undefined || image.visibility !== 'shared'
                ? undefined
                : await memberStatus(cloud, image.id, target)
            return {
              name: image.name,
              id: image.id,
              cloud: found.cloud,
              project: image.owner,
              status: image.status,
              visibility: image.visibility,
              sizeBytes: image.bytes,
              createdAt: image.createdAt,
              usable: image.status === 'active' && (open || member === 'accepted'),
            }
          }),
        )
      }),
    ),
  )
  return rows.flat()
}

export async function shareImage(context: Context, wanted: string, query: ImageQuery): Promise<ImageSharingResult[]> {
  const projects = await batchProjects(context)
  return Promise.all(
    credentials(context, query).map(async (found): Promise<ImageSharingResult> => {
      try {
        return await share(context, found, wanted, projects)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return { cloud: found.cloud, image: wanted, outcome: 'failed', problem: error.data }
      }
    }),
  )
}

async function share(
  context: Context,
  found: FoundCredential,
  wanted: string,
  projects: Map<string, string>,
): Promise<ImageSharingResult> {
  const { cloud } = found
  const image = await connected(found, async (connection) => chooseImage(await imagesOf(connection), wanted, cloud))
  const project = projects.get(cloud)
  if (project === undefined) {
    throw new Problem({
      code: 'CloudUnreachable',
      kind: 'unreachable',
      where: `cloud ${cloud}`,
      message: 'its batch project is not known: the cloud has not answered the worker process',
      next: 'canfar-batch cloud show says why.',
    })
  }
  const kept = await keepCredential(stateFolder(context), found, `share-${randomBytes(4).toString('hex')}`)
  const credential = { ...kept, user: context.principal.user }
  const start = imageSharingStart(
    { pool: context.loaded.config.pool, cloud, image: { id: image.id, name: image.name }, project, owner: credential },
    context.principal.user,
  )
  const client = await context.client()
  try {
    const { shared } = (await client.workflow.execute(imageSharingType, start)) as Shared
    const outcome = shared === 'now' ? 'shared' : shared === 'already' ? 'already' : 'open'
    return { cloud, image: image.name, id: image.id, outcome }
  } catch (error) {
    throw asProblem(error, start.workflowId)
  } finally {
    await rm(kept.file, { force: true })
  }
}

/** The caller's, for one cloud or each. @throws Problem `CloudNotFound`, `NoCredentials` */
export function credentials(context: Context, { cloud }: ImageQuery): FoundCredential[] {
  const { config } = context.loaded
  const clouds = config.clouds.filter(({ name }) => cloud === undefined || name === cloud)
  if (clouds.length === 0) {
    throw new Problem({
      code: 'CloudNotFound',
      kind: 'not-found',
      message: `there is no cloud ${cloud ?? ''}`,
      details: config.clouds.map(({ name }) => name),
      next: 'canfar-batch cloud list shows those that there are.',
    })
  }
  return findCredentials(clouds, context.options.env, context.options.directory)
}

/** Works with a user's credential on their cloud. @throws Problem where the cloud refuses or does not answer */
export async function connected<T>(
  { cloud, config }: FoundCredential,
  work: (cloud: OpenStack) => Promise<T>,
): Promise<T> {
  const connection = OpenStack.connect(config, { userAgent: 'canfar-batch', env: process.env, ...patience })
  try {
    return await work(connection)
  } catch (error) {
    throw cloudProblem(error, cloud, config)
  } finally {
    await connection.close()
  }
}

async function memberStatus(cloud: OpenStack, image: string, project: string): Promise<string | undefined> {
  return cloud.image.members.show(image, project).then(
    ({ status }) => status,
    () => undefined,
  )
}
