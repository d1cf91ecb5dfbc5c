import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import type { Client } from '@temporalio/client'
import { cloudConfigFromEntry, OpenStack } from 'openstack-ts'
import { expect, test } from 'vitest'
import type { Deps } from '#activities/deps.ts'
import { createRotationActivities } from '#activities/rotation/activities.ts'
import { ownCredentials } from '#clouds/application-credentials.ts'
import { createClouds } from '#clouds/connections.ts'
import { loadConfig } from '#config/load.ts'
import type { CredentialRotationInput } from '#contract/credential-rotation.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { using, type CheckedCloud } from '../../api/checked-cloud.ts'

// One attempt after another at making a credential, each ended by something; the whole rotation is in test/e2e.

const ownerCredential = {
  id: 'owner-id',
  name: 'owner',
  secret: 'owner-secret',
  project: 'canfar-batch',
  unrestricted: true,
}

const withOwner = (seed: SeedInput): void => {
  const batch = seed.users?.find(({ name }) => name === 'batch')
  batch?.applicationCredentials?.push(ownerCredential)
  seed.projects?.push({ name: 'elsewhere' })
  if (batch !== undefined) batch.roles = { ...batch.roles, elsewhere: ['member'] }
}

const input: CredentialRotationInput = {
  pool: 'canfar',
  cloud: 'arbutus',
  by: 'ops',
  owner: 'site',
  lifetimeMs: 1,
  graceMs: 1,
  useMs: 1,
}
const day = 86_400_000
const expires = Math.floor(Date.now() / 1000) * 1000 + 90 * day
const request = { input, name: 'canfar-batch-arbutus-x', made: Date.parse('2026-11-20T00:00:00Z'), expires }
const creates = { service: 'identity', method: 'POST', pathRegex: 'application_credentials$' } as const

interface Ground {
  own: CheckedCloud
  make: (env?: MockActivityEnvironment) => Promise<{ id: string; replaces?: string }>
  prepare: () => Promise<void>
  names: () => Promise<string[]>
  clouds: () => string
  writeOwner: (changes: object) => void
}

/** A cloud whose batch project's user has a credential for the worker process, and one to make others with. No VM runs. */
const onCloud = (work: (ground: Ground) => Promise<void>, running: object[] = []) =>
  using(
    { seed: withOwner, policy: { rotation: { owner: 'owner' } }, config: { ownersFile: 'owners.yaml' } },
    async (own) => {
      const { config } = loadConfig({ flag: join(own.folder, 'config.yaml') })
      const client = { workflow: { list: () => running } } as unknown as Client
      const clouds = createClouds(config)
      const deps: Deps = { config, digest: '', client, condor: config.condor, clouds }
      const activities = createRotationActivities(deps)
      const writeOwner = (changes: object): void => {
        const keys = { application_credential_id: 'owner-id', application_credential_secret: 'owner-secret' }
        const auth = { auth_url: own.cloud.authUrl, ...(Object.keys(changes).length > 0 ? changes : keys) }
        writeFileSync(join(own.folder, 'owners.yaml'), JSON.stringify({ clouds: { owner: { auth } } }))
      }
      writeOwner({})
      const password = { username: 'batch', password: 'batch', project_name: 'canfar-batch' }
      const entry = {
        auth: { auth_url: own.cloud.authUrl, ...password, user_domain_id: 'default', project_domain_id: 'default' },
      }
      const user = OpenStack.connect(cloudConfigFromEntry('user', entry))
      try {
        await work({
          own,
          make: (env = new MockActivityEnvironment()) => env.run(activities.makeCredential, request),
          prepare: () => new MockActivityEnvironment().run(() => activities.prepareRotation(input)),
          names: async () => (await ownCredentials(user, {})).map(({ name }) => name),
          clouds: () => readFileSync(join(own.folder, 'clouds.yaml'), 'utf8'),
          writeOwner,
        })
      } finally {
        await Promise.all([user.close(), clouds.close()])
      }
    },
  )

test('an attempt whose answer was lost is made good by the next, with one credential', async () => {
  await onCloud(async ({ own, make, names, clouds }) => {
    await own.cloud.admin.addFault({ match: creates, effect: { kind: 'act-then-drop' } })
    await expect(make()).rejects.toMatchObject({ code: 'ConnectionLost' })
    expect(await names()).toEqual(['site', 'owner', request.name])
    const { id, replaces } = await make()
    expect(replaces).toBe('site-id')
    expect(await names()).toEqual(['site', 'owner', request.name])
    expect(clouds()).toContain(id)
  })
})

test('an attempt that ended after the file was written is known by the next, which makes nothing', async () => {
  await onCloud(async ({ make, clouds }) => {
    const made = await make()
    const before = clouds()
    expect(await make()).toEqual(made)
    expect(clouds()).toBe(before)
  })
})

test('what is made for nothing is deleted at once, and the file stays as it is', async () => {
  await onCloud(async ({ own, make, names, clouds }) => {
    const before = clouds()
    await own.cloud.admin.addFault({
      match: { service: 'network' },
      effect: { kind: 'status', status: 503 },
      times: null,
    })
    await expect(make()).rejects.toMatchObject({ code: 'Unavailable' })
    expect(await names()).toEqual(['site', 'owner'])
    expect(clouds()).toBe(before)
  })
})

test('an attempt that was taken for lost writes nothing once another has', async () => {
  await onCloud(async ({ own, make, names, clouds }) => {
    // it is held while it tries its credential out
    await own.cloud.admin.addFault({ match: { service: 'network' }, effect: { kind: 'delay', ms: 2000 } })
    const late = make().catch((error: unknown) => error)
    await expect.poll(names).toContain(request.name)
    const { id } = await make()
    expect(await late).toMatchObject({ data: { code: 'NewCredentialRefused' } })
    expect(clouds()).toContain(id)
    expect(await names()).toEqual(['site', 'owner', request.name])
  })
})

test('one that is cancelled writes nothing', async () => {
  await onCloud(async ({ own, make, names, clouds }) => {
    const before = clouds()
    await own.cloud.admin.addFault({ match: { service: 'network' }, effect: { kind: 'hang' } })
    const env = new MockActivityEnvironment()
    const cancelled = make(env).catch((error: unknown) => error)
    await expect.poll(names).toContain(request.name)
    await expect.poll(async () => (await own.cloud.admin.counters()).faults['hang']).toBe(1)
    env.cancel()
    expect(await cancelled).toBeInstanceOf(Error)
    expect(clouds()).toBe(before)
    expect(await names()).toEqual(['site', 'owner'])
  })
})

test.each([
  [
    'a restricted credential',
    { application_credential_id: 'site-id', application_credential_secret: 'site-secret' },
    'OwnerRestricted',
  ],
  [
    'another user',
    { username: 'alice', password: 'alice', project_name: 'cosmology', project_domain_id: 'default' },
    'OwnerIsAnother',
  ],
  [
    'another project',
    { username: 'batch', password: 'batch', project_name: 'elsewhere', project_domain_id: 'default' },
    'ProjectIsAnother',
  ],
  ['nobody', { username: 'alice' }, 'OwnerMissing'],
])('%s makes none', async (_who, auth, code) => {
  await onCloud(async ({ prepare, writeOwner, names }) => {
    writeOwner(auth)
    await expect(prepare()).rejects.toMatchObject({ data: { code, kind: 'auth' } })
    expect(await names()).toEqual(['site', 'owner'])
  })
})

test('all that it needs is there', async () => {
  await onCloud(async ({ prepare, clouds }) => {
    const before = clouds()
    await prepare()
    expect(clouds()).toBe(before)
  })
})

test('one that has been deleted is replaced too', async () => {
  await onCloud(async ({ own, make, clouds }) => {
    const owner = OpenStack.connect(
      cloudConfigFromEntry('owner', {
        auth: {
          auth_url: own.cloud.authUrl,
          application_credential_id: 'owner-id',
          application_credential_secret: 'owner-secret',
        },
      }),
    )
    await owner.identity.applicationCredentials.delete('site-id')
    await owner.close()
    const { id, replaces } = await make()
    expect(replaces).toBeUndefined()
    expect(clouds()).toContain(id)
  })
})
