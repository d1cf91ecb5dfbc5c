import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Check } from '#api/types.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { using } from './checked-cloud.ts'

type Auth = Record<string, string>

const credential = {
  id: 'owner-id',
  name: 'owner',
  secret: 'owner-secret',
  project: 'canfar-batch',
  unrestricted: true,
}
const byCredential: Auth = { application_credential_id: 'owner-id', application_credential_secret: 'owner-secret' }
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

/** What the check of the owner says; each waits for a Temporal that is not there. */
async function check(auth: Auth, more: object = {}, mode = 0o600): Promise<Check | undefined> {
  const seed = (all: SeedInput): void => {
    const batch = all.users?.find(({ name }) => name === 'batch')
    batch?.applicationCredentials?.push({ ...credential, ...more })
  }
  const policy = { rotation: { owner: 'owner' } }
  return using({ seed, policy, config: { ownersFile: 'owners.yaml' } }, async (own) => {
    const file = join(own.folder, 'owners.yaml')
    writeFileSync(file, JSON.stringify({ clouds: { owner: { auth: { auth_url: own.cloud.authUrl, ...auth } } } }))
    chmodSync(file, mode)
    return (await own.checks()).get('rotation owner')
  })
}

const password = (user: string, project: string): Auth => ({
  username: user,
  password: user,
  project_name: project,
  project_domain_id: 'default',
})

describe.concurrent('the owner by which the site rotates', () => {
  test.each<[string, Auth, object?]>([
    ['an unrestricted application credential', byCredential],
    ['one that ends later', byCredential, { expiresAt: inDays(40) }],
    ['a password', password('batch', 'canfar-batch')],
  ])('may be %s', async (_what, auth, more) => {
    expect(await check(auth, more)).toMatchObject({ ok: true })
  })

  test.each<[string, Auth, object, RegExp]>([
    ['a restricted one', byCredential, { unrestricted: false }, /restricted: it can make no others/],
    ['another user’s', password('alice', 'cosmology'), {}, /another user/],
    ['one that has expired', byCredential, { expiresAt: inDays(-1) }, /refuse|authentic/],
    ['incomplete', { username: 'batch' }, {}, /auth.password: is missing/],
  ])('must not be %s', async (_what, auth, more, detail) => {
    expect(await check(auth, more)).toMatchObject({ ok: false, detail: expect.stringMatching(detail) })
  })

  test('is told of before it ends, and if others can read it', async () => {
    const [soon, open] = await Promise.all([
      check(byCredential, { expiresAt: inDays(20) }),
      check(byCredential, {}, 0o644),
    ])
    expect(soon).toMatchObject({ ok: 'warn', detail: expect.stringContaining('ends at') })
    expect(open).toMatchObject({ ok: 'warn', next: expect.stringContaining('chmod 600') })
  })
})
