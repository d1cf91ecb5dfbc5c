import { Context } from '@temporalio/activity'
import type { CallOptions, OpenStack } from 'openstack-ts'
import { Secret } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import {
  createCredential,
  deleteCredential,
  proveCredential,
  type CredentialWish,
} from '#clouds/application-credentials.ts'
import { currentCredential, writeCredential } from '#clouds/clouds-file.ts'
import { stampOfFiles } from '#clouds/connections.ts'
import type { CredentialRotationInput, MadeCredential } from '#contract/credential-rotation.ts'
import { neededAccessRules } from '#domain/cloud-check/access-rules.ts'
import type { FreshCredential } from '#domain/rotation/replace-credential.ts'
import { withOwner } from './owner.ts'
import { requireOwnership } from './ownership.ts'

export interface MakeRequest {
  input: CredentialRotationInput
  /** The same at each attempt: what an earlier one has made is found by it. */
  name: string
  /** ms since 1970 */
  made: number
  expires: number
}

/**
 * Makes a credential, proves that it works, and writes it into clouds.yaml. Its secret is nowhere else: if an attempt ends before
 * that, the next deletes what it has made, and makes another of the same name.
 */
export async function makeCredential(deps: Deps, request: MakeRequest): Promise<MadeCredential> {
  const { config } = deps
  const { input, name, expires, made } = request
  const { cloud } = input
  const options = { signal: Context.current().cancellationSignal }
  const since = stampOfFiles(config.cloudsFile)
  return withOwner(deps, input, async (owner) => {
    const { project, current } = await requireOwnership(deps, cloud, owner, options)
    if (current?.name === name) {
      const { id, ruled, mark } = current
      return { id, name, expires, ruled, ...(mark?.replaces === undefined ? {} : { replaces: mark.replaces }) }
    }
    const mark = { controlPlane: config.controlPlane, cloud, made, use: 'batch' as const }
    const wish = {
      name,
      expires,
      mark: { ...mark, ...(current && { replaces: current.id }) },
      ...(current && { roles: current.roles }),
    }
    const { fresh, ruled } = await provedCredential(deps, cloud, owner, { wish, project }, options)
    try {
      // an attempt that was taken for lost may have been followed by another, which has deleted this one
      await owner.identity.applicationCredentials.show(fresh.id, undefined, options)
      options.signal.throwIfAborted()
      writeCredential(config, cloud, fresh, { since })
    } catch (error) {
      await drop(deps, cloud, owner, fresh)
      throw error
    }
    return { id: fresh.id, name, expires, ruled, ...(current && { replaces: current.id }) }
  })
}

/** Deletes what was made for nothing; never what clouds.yaml has, nor if that cannot be told. */
async function drop({ config }: Deps, cloud: string, owner: OpenStack, { id }: FreshCredential): Promise<void> {
  try {
    const { credential } = currentCredential(config, cloud)
    if ('id' in credential && credential.id !== id) await deleteCredential(owner, id, {})
  } catch (error) {
    Context.current().log.warn('a credential that was made for nothing is deleted later', { cloud, id, error })
  }
}

/** With the access rules that the worker process needs; without any where the cloud refuses every credential that has some. */
async function provedCredential(
  deps: Deps,
  cloud: string,
  owner: OpenStack,
  { wish, project }: { wish: Omit<CredentialWish, 'rules'>; project: string },
  options: CallOptions,
): Promise<{ fresh: FreshCredential; ruled: boolean }> {
  const { config } = deps
  const { config: entry } = currentCredential(config, cloud)
  const withVolumes = config.clouds.find(({ name }) => name === cloud)?.bootVolume !== undefined
  const listed = (await owner.catalog(options)).map(({ type }) => type)
  for (const rules of [neededAccessRules(withVolumes, listed), []]) {
    const fresh = await createCredential(owner, { ...wish, rules }, options)
    try {
      const credential = { type: 'applicationCredential' as const, id: fresh.id, secret: new Secret(fresh.secret) }
      const verdict = await proveCredential({ ...entry, credential }, { project, withVolumes }, options)
      if (verdict === 'good') return { fresh, ruled: rules.length > 0 }
    } catch (error) {
      await drop(deps, cloud, owner, fresh)
      throw error
    }
  }
  throw new Error('a credential without rules was refused for its rules')
}
