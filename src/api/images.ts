import { OpenStack } from 'openstack-ts'
import { imagesOf } from '#clouds/choices.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import { Problem } from '#domain/problem.ts'
import { findCredentials, type FoundCredential } from '#secrets/user-credential.ts'
import { batchProjects } from './batch-projects.ts'
import type { Context } from './context.ts'
import type { ImageQuery, ImageRow } from './types.ts'

export async function listImages(context: Context, query: ImageQuery): Promise<ImageRow[]> {
  const projects = await batchProjects(context).catch(() => new Map<string, string>())
  const rows = await Promise.all(
    credentialsOf(context, query).map((found) =>
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

/** The user's credentials, of one cloud or all. @throws Problem `CloudNotFound`, `NoCredentials` */
export function credentialsOf(context: Context, { cloud }: ImageQuery): FoundCredential[] {
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
