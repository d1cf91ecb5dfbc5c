import { isUnauthorized, OpenStack, type CallOptions } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { expectedVms } from '#activities/watch/expected.ts'
import { ownCredentials, type OwnCredential } from '#clouds/application-credentials.ts'
import { patience } from '#clouds/cloud-problem.ts'
import { currentCredential } from '#clouds/clouds-file.ts'
import { Problem } from '#domain/problem.ts'

/** What the owner sees. */
export interface Ownership {
  /** Id of the batch project. */
  project: string
  /** All of the owner's application credentials. */
  listed: OwnCredential[]
  /** The one in clouds.yaml; absent if it is deleted. */
  current: OwnCredential | undefined
  /** With what the owner logs in, if that is an application credential. */
  own: string | undefined
}

/**
 * That whoever shall make the new credential is the user to whom the present one belongs, in the same project: another user has other
 * SSH keys, and another project sees none of the VMs that run.
 * @throws Problem `OwnerRestricted`, `OwnerIsAnother`, `ProjectIsAnother`
 */
export async function requireOwnership(
  { config, client }: Deps,
  cloud: string,
  owner: OpenStack,
  options: CallOptions,
): Promise<Ownership> {
  const who = await owner.identity.whoami(options)
  const refuse = (code: string, message: string, next: string): Problem =>
    new Problem({ code, kind: 'auth', where: `cloud ${cloud}`, message, next })
  if (who.applicationCredential?.restricted === true) {
    throw refuse(
      'OwnerRestricted',
      `${who.applicationCredential.name} of ${who.user.name} is restricted: it can make no application credentials`,
      'Use a password, or an application credential that was made with --unrestricted.',
    )
  }
  const project = await owner.projectId(options)
  const { credential, config: entry } = currentCredential(config, cloud)
  const listed = await ownCredentials(owner, options)
  const current = listed.find((one) => ('id' in credential ? one.id === credential.id : one.name === credential.name))
  if (current === undefined) {
    const present = await userOf(entry, options)
    if (present !== undefined && present.id !== who.user.id) {
      throw refuse(
        'OwnerIsAnother',
        `the credential in clouds.yaml is ${present.name}’s, and ${who.user.name} would make the new one`,
        `Rotate as ${present.name}.`,
      )
    }
  }
  const running = await expectedVms(client, config.pool, cloud)
  const known = [current?.project, ...running.map(({ order }) => order.batchProject)]
  const other = known.find((id) => id !== undefined && id !== project)
  if (other !== undefined) {
    throw refuse(
      'ProjectIsAnother',
      `the batch project is ${other}, and the new credential would be for ${await owner.projectName(options)} (${project})`,
      'Name the batch project with the credential that makes the new one.',
    )
  }
  return { project, listed, current, own: who.applicationCredential?.id }
}

/** Whom Keystone takes a credential for; undefined if it refuses it. */
async function userOf(
  entry: Parameters<typeof OpenStack.connect>[0],
  options: CallOptions,
): Promise<{ id: string; name: string } | undefined> {
  await using cloud = OpenStack.connect(entry, { userAgent: 'canfar-batch', env: process.env, ...patience })
  try {
    return (await cloud.identity.whoami(options)).user
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}
