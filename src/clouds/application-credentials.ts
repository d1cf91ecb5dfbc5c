import { setTimeout as sleep } from 'node:timers/promises'
import {
  collect,
  isConflict,
  isUnauthorized,
  OpenStack,
  unlessNotFound,
  type CallOptions,
  type CloudConfig,
} from 'openstack-ts'
import { judgeAccessRules, type AccessRule } from '#domain/cloud-check/access-rules.ts'
import { Problem } from '#domain/problem.ts'
import { markOf, markText, type Mark } from '#domain/rotation/mark.ts'
import type { FreshCredential } from '#domain/rotation/replace-credential.ts'
import { patience } from './cloud-problem.ts'
import { ruledServices } from './inspect.ts'

// The application credentials of a user, as their owner sees and makes them.

export interface OwnCredential {
  id: string
  name: string
  project: string
  /** Ids. */
  roles: string[]
  /** ms since 1970; absent if never */
  expires?: number
  /** It has access rules. */
  ruled: boolean
  mark?: Mark
}

export interface CredentialWish {
  name: string
  mark: Mark
  /** Ids; all of the owner's if absent. */
  roles?: string[]
  /** ms since 1970 */
  expires: number
  /** None: all that the roles allow. */
  rules: readonly AccessRule[]
  /** Can make and delete others itself. */
  unrestricted?: boolean
}

export async function ownCredentials(owner: OpenStack, options: CallOptions): Promise<OwnCredential[]> {
  const listed = await collect(owner.identity.applicationCredentials.list({}, undefined, options))
  return listed.map(({ id, name, projectId, roles, accessRules, expiresAt, description }) => {
    const mark = markOf(description)
    return {
      id,
      name,
      project: projectId,
      roles: roles.map((role) => role.id),
      ruled: accessRules.length > 0,
      ...(expiresAt === null ? {} : { expires: Date.parse(expiresAt) }),
      ...(mark === undefined ? {} : { mark }),
    }
  })
}

/**
 * Makes it; one of that name that exists already is of an earlier attempt, whose secret is lost: it goes first.
 * @throws Problem `CredentialNameTaken` if that one is back at once, since an earlier call has only now arrived
 */
export async function createCredential(
  owner: OpenStack,
  { name, mark, roles, expires, rules, unrestricted = false }: CredentialWish,
  options: CallOptions,
): Promise<FreshCredential> {
  const { applicationCredentials } = owner.identity
  const earlier = await collect(applicationCredentials.list({ name }, undefined, options))
  for (const { id } of earlier) await deleteCredential(owner, id, options)
  try {
    const { id, secret } = await applicationCredentials.create(
      {
        name,
        description: markText(mark),
        expiresAt: new Date(expires),
        ...(roles === undefined ? {} : { roles: roles.map((role) => ({ id: role })) }),
        ...(rules.length === 0 ? {} : { accessRules: rules }),
        unrestricted,
      },
      options,
    )
    return { id, name, secret: secret.reveal() }
  } catch (error) {
    if (!isConflict(error)) throw error
    throw new Problem(
      {
        code: 'CredentialNameTaken',
        kind: 'unreachable',
        message: `there is an application credential ${name} by now`,
        next: 'It is deleted and made anew.',
      },
      { cause: error },
    )
  }
}

/** What is gone already is gone. Its tokens end with it. */
export async function deleteCredential(owner: OpenStack, id: string, options: CallOptions): Promise<void> {
  await unlessNotFound(owner.identity.applicationCredentials.delete(id, undefined, options))
}

/** So long a Keystone of several nodes may take until each knows a new credential, ms. */
const settling = 5_000

/**
 * Proves a credential by its use: it logs in, and each service that worker VMs need takes it for what its access rules allow.
 *
 * @returns `deaf`: a service refuses it for having access rules at all
 * @throws Problem `NewCredentialRefused`; OpenStackError if the cloud does not answer
 */
export async function proveCredential(
  config: CloudConfig,
  { project, withVolumes }: { project: string; withVolumes: boolean },
  options: CallOptions,
): Promise<'good' | 'deaf'> {
  for (const end = performance.now() + settling; ; await sleep(500, undefined, options)) {
    const verdict = await tryOut(config, project, withVolumes, options)
    if (verdict === 'good' || performance.now() > end) {
      if (verdict !== 'refused') return verdict
      throw new Problem({
        code: 'NewCredentialRefused',
        kind: 'failure',
        where: `cloud ${config.name}`,
        message: 'the cloud refuses the new credential, or what it must be allowed',
        next: 'The older one stays. Ask the cloud’s operators; canfar-batch cloud check shows which service refuses.',
      })
    }
  }
}

async function tryOut(
  config: CloudConfig,
  project: string,
  withVolumes: boolean,
  options: CallOptions,
): Promise<'good' | 'deaf' | 'refused'> {
  const cloud = OpenStack.connect(config, { userAgent: 'canfar-batch', env: process.env, ...patience })
  try {
    const who = await cloud.identity.whoami(options)
    if (who.project?.id !== project) return 'refused'
    const services = await ruledServices(cloud, withVolumes, options)
    const trouble = services.find((one) => one.trouble !== undefined)?.trouble
    if (trouble !== undefined) throw trouble
    const rules = who.applicationCredential?.accessRules ?? null
    if (rules === null) return services.some(({ refuses }) => refuses) ? 'refused' : 'good'
    const allRefuseNothing = services.map((one) => ({ ...one, refuses: false }))
    if (judgeAccessRules(rules, allRefuseNothing).ok !== true) return 'refused'
    return services.some(({ refuses }) => refuses) ? 'deaf' : 'good'
  } catch (error) {
    if (isUnauthorized(error)) return 'refused'
    throw error
  } finally {
    await cloud.close()
  }
}
