import { dirname } from 'node:path'
import { CloudConfigError, loadCloudConfig, OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { patience } from '#clouds/cloud-problem.ts'
import type { CredentialRotationInput } from '#contract/credential-rotation.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'

/** Works as whoever may make the batch project's credentials, for as long as the work takes. */
export async function withOwner<T>(
  { config }: Deps,
  { cloud, owner }: Pick<CredentialRotationInput, 'cloud' | 'owner'>,
  work: (owner: OpenStack) => Promise<T>,
): Promise<T> {
  if (owner !== 'site') return withCredential(owner, work, patience)
  const entry = config.clouds.find(({ name }) => name === cloud)?.rotation.owner
  const file = config.ownersFile ?? config.cloudsFile
  if (entry === undefined) {
    throw new Problem({
      code: 'OwnerMissing',
      kind: 'auth',
      where: `cloud ${cloud}`,
      message: 'the configuration names nobody who may make its credentials',
      next: 'Name an entry of ownersFile as rotation.owner of this cloud, or lend your own: canfar-batch cloud rotate --help.',
    })
  }
  await using connection = OpenStack.connect(load(file, entry), {
    userAgent: 'canfar-batch',
    env: process.env,
    ...patience,
  })
  return await work(connection)
}

function load(file: string, entry: string) {
  try {
    return loadCloudConfig({ cloud: entry, env: {}, cwd: dirname(file), files: { clouds: file } })
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    const next = 'Correct the entry, or rotation.owner of this cloud in the configuration.'
    throw new Problem({ code: 'OwnerMissing', kind: 'auth', message: error.message, next }, { cause: error })
  }
}
