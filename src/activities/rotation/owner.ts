import { OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { patience } from '#clouds/cloud-problem.ts'
import { ownerConfig } from '#clouds/owner-config.ts'
import type { CredentialRotationInput } from '#contract/credential-rotation.ts'
import { withCredential } from '#secrets/with-credential.ts'

/** Works as whoever may make the batch project's credentials, for as long as the work takes. */
export async function withOwner<T>(
  { config }: Deps,
  { cloud, owner }: Pick<CredentialRotationInput, 'cloud' | 'owner'>,
  work: (owner: OpenStack) => Promise<T>,
): Promise<T> {
  if (owner !== 'site') return withCredential(owner, work, patience)
  const own = ownerConfig(config, cloud)
  await using connection = OpenStack.connect(own, { userAgent: 'canfar-batch', env: process.env, ...patience })
  return await work(connection)
}
