import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { CloudConfigError, loadCloudConfig, OpenStack, OpenStackError, Secret, type CloudConfig } from 'openstack-ts'
import type { CloudConfig as CloudPolicy } from '#config/schema.ts'
import { createCredential, deleteCredential } from '#clouds/application-credentials.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import type { CredentialRotationInput } from '#contract/credential-rotation.ts'
import { ownerAccessRules } from '#domain/cloud-check/access-rules.ts'
import { Problem } from '#domain/problem.ts'
import { keepCredential } from '#secrets/user-credential.ts'
import { stateFolder, type Context } from './context.ts'

export interface Lent {
  owner: CredentialRotationInput['owner']
  /** For people. */
  who: string
  /** Undoes it. */
  takeBack(): Promise<void>
}

/** Longer than a rotation takes beside its grace, and than a cloud is away, ms. */
const beyondGrace = 24 * 3_600_000

/**
 * With what a rotation shall make the new credential: the site's own, or what the person who asks lends. A password stays in this process:
 * what is lent is made with it, can ask for nothing but application credentials, ends within a day, and is deleted with the end
 * of the rotation.
 */
export async function lendOwner(context: Context, cloud: CloudPolicy, lender: string | undefined): Promise<Lent> {
  const config = lenderConfig(context, lender)
  if (config === undefined) {
    if (cloud.rotation.owner === undefined) throw nobody(cloud.name)
    return { owner: 'site', who: 'the site', takeBack: async () => {} }
  }
  const connection = OpenStack.connect(config, { userAgent: 'canfar-batch', env: context.options.env, ...patience })
  try {
    return await lend(context, cloud, config, connection)
  } catch (error) {
    throw asLenders(error, cloud.name, config)
  } finally {
    await connection.close()
  }
}

async function lend(
  context: Context,
  { name: cloud, rotation: { grace } }: CloudPolicy,
  config: CloudConfig,
  connection: OpenStack,
): Promise<Lent> {
  const stamp = randomBytes(6).toString('hex')
  const made = Date.now()
  const { user } = await connection.identity.whoami()
  const fresh = await createCredential(
    connection,
    {
      name: `canfar-batch-${cloud}-rotation-${stamp}`,
      mark: { controlPlane: context.loaded.config.controlPlane, cloud, made, use: 'owner' },
      expires: made + grace + beyondGrace,
      rules: ownerAccessRules,
      unrestricted: true,
    },
    {},
  )
  const credential = { type: 'applicationCredential' as const, id: fresh.id, secret: new Secret(fresh.secret) }
  const takeBack = async () => {
    await using again = OpenStack.connect(config, { userAgent: 'canfar-batch', env: context.options.env, ...patience })
    await deleteCredential(again, fresh.id, {})
  }
  try {
    const kept = await keepCredential(
      stateFolder(context),
      { cloud, config: { ...config, credential } },
      `rotate-${stamp}`,
    )
    return {
      owner: { ...kept, user: context.principal.user },
      who: user.name,
      takeBack: async () => {
        await rm(kept.file, { force: true })
        await takeBack()
      },
    }
  } catch (error) {
    await takeBack().catch(() => undefined)
    throw error
  }
}

/** What the person names, or has in their environment; nothing if they name nothing. */
function lenderConfig({ options: { env, directory } }: Context, lender: string | undefined): CloudConfig | undefined {
  const named = lender ?? (env['OS_CLOUD'] || undefined)
  if (named === undefined && !env['OS_AUTH_URL']) return undefined
  try {
    return loadCloudConfig({ env, cwd: directory, ...(named === undefined ? {} : { cloud: named }) })
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    const [message = '', ...places] = error.message.split('\n')
    const next = 'Source the openrc file of the batch project’s user, or name an entry of your clouds.yaml: --os-cloud.'
    throw new Problem({ code: error.code, kind: 'auth', message, details: places.map((place) => place.trim()), next })
  }
}

const nobody = (cloud: string): Problem =>
  new Problem({
    code: 'OwnerMissing',
    kind: 'auth',
    where: `cloud ${cloud}`,
    message: 'nobody is named who may make its credentials',
    next: 'Source the openrc file of the batch project’s user, or name an entry of your clouds.yaml: --os-cloud; or set rotation.owner of this cloud in the configuration.',
  })

function asLenders(error: unknown, cloud: string, config: CloudConfig): unknown {
  if (OpenStackError.is(error) && error.code === 'Forbidden') {
    return new Problem(
      {
        code: 'OwnerRestricted',
        kind: 'auth',
        where: `cloud ${cloud}`,
        message: `the cloud lets it make no application credentials: ${error.fault ?? error.message}`,
        next: 'Use a password, or an application credential that was made with --unrestricted.',
      },
      { cause: error },
    )
  }
  return cloudProblem(error, cloud, config)
}
