import { stat } from 'node:fs/promises'
import { OpenStack, type CallOptions } from 'openstack-ts'
import { patience } from '#clouds/cloud-problem.ts'
import { credentialFacts } from '#clouds/inspect.ts'
import { look } from '#clouds/look.ts'
import { ownerConfig, ownersFileOf } from '#clouds/owner-config.ts'
import type { CloudConfig as CloudPolicy, Config } from '#config/schema.ts'
import { failed, skipped, warned, type Check } from '#domain/check.ts'
import { judgeOwner, ownerCheck, type Who } from '#domain/cloud-check/owner.ts'
import { Problem } from '#domain/problem.ts'

/** The entry by which the site rotates the credential of a cloud, if there is one. */
export async function checkOwner(
  config: Config,
  { name, rotation }: CloudPolicy,
  cloud: OpenStack,
  options: CallOptions,
): Promise<Check> {
  if (rotation.owner === undefined) {
    return skipped(ownerCheck, `none is configured: people rotate the credential, canfar-batch cloud rotate ${name}`)
  }
  try {
    const own = ownerConfig(config, name)
    const file = ownersFileOf(config)
    if (((await stat(file)).mode & 0o077) !== 0) {
      return warned(ownerCheck, `${file}: others than its owner can read the secrets in it`, `chmod 600 ${file}`)
    }
    await using owner = OpenStack.connect(own, { userAgent: 'canfar-batch', env: process.env, ...patience })
    const seen = await look(async () => ({
      facts: await credentialFacts(owner, options),
      who: await whoIs(owner, options),
    }))
    return judgeOwner(seen, await whoIs(cloud, options), Date.now())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return failed(ownerCheck, error.message, error.data.next ?? 'Correct the entry.')
  }
}

async function whoIs(cloud: OpenStack, options: CallOptions): Promise<Who> {
  const { user, project } = await cloud.identity.whoami(options)
  return { user: user.id, project: project?.id }
}
