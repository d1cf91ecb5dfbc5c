import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cloudConfigFromEntry, collect, loadCloudConfig, OpenStack, type CloudConfig } from 'openstack-ts'
import { stringify } from 'yaml'
import { markOf } from '#domain/rotation/mark.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import type { Site } from '#testbed/site/site.ts'
import { BATCH_PROJECT } from '#testbed/site/words.ts'

/** Who has the batch project's credentials: a user with a password, and an unrestricted credential for the site to rotate with. */
export interface Owner {
  password: string
  entry: { id: string; secret: string }
}

export const makeOwner = (): Owner => ({
  password: randomBytes(18).toString('base64url'),
  entry: { id: randomBytes(16).toString('hex'), secret: randomBytes(24).toString('base64url') },
})

/** Gives the batch project's user on a cloud the owner's password and credential. */
export const ownedBy =
  ({ password, entry }: Owner) =>
  (usual: SeedInput): SeedInput => ({
    ...usual,
    users: (usual.users ?? []).map((user) => {
      if (user.roles?.[BATCH_PROJECT] === undefined) return user
      const own = { name: 'owner', project: BATCH_PROJECT, unrestricted: true, ...entry }
      return { ...user, password, applicationCredentials: [...(user.applicationCredentials ?? []), own] }
    }),
  })

const authUrl = (site: Site, cloud: string): string => site.clouds[cloud]?.authUrl ?? ''

export const cloudsFile = (site: Site): string => join(site.instance.folder, 'site', 'clouds.yaml')

/** The site's own owners, by cloud. */
export function writeOwners(site: Site, owners: Record<string, Owner>): void {
  const entryOf = ([cloud, { entry }]: [string, Owner]) => {
    const auth = {
      auth_url: authUrl(site, cloud),
      application_credential_id: entry.id,
      application_credential_secret: entry.secret,
    }
    return [`${cloud}-owner`, { auth_type: 'v3applicationcredential', auth }]
  }
  const clouds = Object.fromEntries(Object.entries(owners).map(entryOf))
  writeFileSync(join(site.instance.folder, 'site', 'owners.yaml'), stringify({ clouds }), { mode: 0o600 })
}

/** What the owner's openrc file sets. */
export const openrc = (site: Site, cloud: string, { password }: Owner): Record<string, string> => ({
  OS_AUTH_URL: authUrl(site, cloud),
  OS_USERNAME: 'canfar-batch',
  OS_PASSWORD: password,
  OS_PROJECT_NAME: BATCH_PROJECT,
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
})

/** The entry of clouds.yaml as it is now. */
export const entryOf = (site: Site, cloud: string): CloudConfig =>
  loadCloudConfig({ cloud, env: {}, cwd: '/', files: { clouds: cloudsFile(site) } })

export function idInFile(site: Site, cloud: string): string {
  const { credential } = entryOf(site, cloud)
  if (credential.type !== 'applicationCredential' || !('id' in credential)) throw new Error('the entry has no id')
  return credential.id
}

export interface SeenCredential {
  id: string
  name: string
  use: 'batch' | 'owner' | 'not ours'
  rules: number
  unrestricted: boolean
}

/** Looks at the credentials of a cloud, as their owner, by nothing of the product's but its client of OpenStack. */
export class CredentialAudit implements AsyncDisposable {
  readonly #site: Site
  readonly #cloud: string
  readonly #owner: OpenStack
  readonly #end = new AbortController()
  #watching: Promise<void> | undefined
  /** What was wrong at some moment. */
  readonly breaches: string[] = []
  looks = 0

  constructor(site: Site, cloud: string, { password }: Owner) {
    this.#site = site
    this.#cloud = cloud
    const names = { username: 'canfar-batch', password, project_name: BATCH_PROJECT }
    const auth = { auth_url: authUrl(site, cloud), ...names, user_domain_id: 'default', project_domain_id: 'default' }
    this.#owner = OpenStack.connect(cloudConfigFromEntry('audit', { auth }))
  }

  /** All of the owner's. */
  async credentials(): Promise<SeenCredential[]> {
    const listed = await collect(this.#owner.identity.applicationCredentials.list())
    return listed.map(({ id, name, description, accessRules, unrestricted }) => {
      return { id, name, use: markOf(description)?.use ?? 'not ours', rules: accessRules.length, unrestricted }
    })
  }

  delete = (id: string): Promise<void> => this.#owner.identity.applicationCredentials.delete(id)

  /** From now on, all the time: what clouds.yaml has logs in, and there are at most two of them. */
  watch(): void {
    this.#watching = (async () => {
      while (!this.#end.signal.aborted) {
        await this.#look()
        this.looks++
        await sleep(100)
      }
    })()
  }

  async #look(): Promise<void> {
    // an entry that is read half, or one whose credential is gone, is what must never be
    const cloud = OpenStack.connect(entryOf(this.#site, this.#cloud))
    await cloud.identity.whoami().catch((error: unknown) => this.breaches.push(`clouds.yaml: ${String(error)}`))
    await cloud.close()
    const known = (await this.credentials()).filter(({ unrestricted }) => !unrestricted)
    if (known.length > 2) this.breaches.push(`there are ${known.map(({ name }) => name).join(', ')}`)
  }

  async rest(): Promise<void> {
    this.#end.abort()
    await this.#watching
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rest()
    await this.#owner.close()
  }
}
