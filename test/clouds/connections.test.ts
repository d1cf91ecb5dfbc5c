import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collect, cloudConfigFromEntry, OpenStack } from 'openstack-ts'
import { expect, test } from 'vitest'
import { CredentialEnd } from '#activities/watch/credential-end.ts'
import { createClouds } from '#clouds/connections.ts'
import { neededAccessRules } from '#domain/cloud-check/access-rules.ts'
import { markText } from '#domain/rotation/mark.ts'
import { using } from '../api/checked-cloud.ts'
import { boots } from '../api/trial-remains.ts'

// A credential of the batch project with no more than the rules of docs/rotate-credentials.md, and its change under load.

const page = readFileSync(new URL('../../docs/rotate-credentials.md', import.meta.url), 'utf8')

test('the page of the rules has those that are needed', () => {
  const [, block = ''] = /```json\n(.*?)```/s.exec(page) ?? []
  expect(JSON.parse(block)).toEqual(neededAccessRules(true))
})

test('the rules allow a server from its boot to its end, and to be warned of the credential’s own end', async () => {
  const expiresAt = new Date(Date.now() + 27 * 86_400_000).toISOString()
  await using({ credential: { accessRules: neededAccessRules(false), expiresAt } }, async (own) => {
    const checks = await own.checks({})
    expect(checks.get('access rules')).toMatchObject({ ok: true })
    expect(checks.get('credential expiry')).toMatchObject({ ok: 'warn', detail: expect.stringContaining('in 26 days') })
    expect(boots(checks)).toMatchObject({ boot: true, 'boot: active': true, 'boot: deleted': true })
  })
})

test('the end of a credential is told once a day from 28 days on, and asked for once an hour', async () => {
  const [hour, day, now] = [3_600_000, 86_400_000, Date.now()]
  const ends = Math.floor(now / 1000) * 1000 + 29 * day
  const made = ends - 90 * day
  const description = markText({ controlPlane: 'the-test', cloud: 'arbutus', made, use: 'batch' })
  const credential = { accessRules: neededAccessRules(false), expiresAt: new Date(ends).toISOString(), description }
  await using({ credential }, async ({ cloud, folder }) => {
    const clouds = createClouds({ cloudsFile: join(folder, 'clouds.yaml'), clouds: [{ name: 'arbutus' }] })
    try {
      const told: string[] = []
      const end = new CredentialEnd((note) => told.push(note))
      const look = (at: number) => end.look(clouds.batch('arbutus'), at, {})
      expect(await look(now)).toEqual({ credentialEnds: ends, credentialMade: made })
      expect(told).toEqual([])
      expect(await look(now + 2 * day)).toMatchObject({ credentialEnds: ends })
      expect(told).toEqual([expect.stringContaining(new Date(ends).toISOString())])
      await look(now + 2 * day + 2 * hour)
      expect(told).toHaveLength(1)
      await look(now + 3 * day)
      expect(told).toHaveLength(2)
      const asked = (await cloud.admin.requests()).length
      expect(await look(now + 3 * day + hour / 2)).toMatchObject({ credentialEnds: ends })
      expect(await cloud.admin.requests()).toHaveLength(asked)
      const file = join(folder, 'clouds.yaml')
      writeFileSync(file, `${readFileSync(file, 'utf8')}\n`)
      expect(await look(now + 3 * day + hour / 2)).toMatchObject({ credentialEnds: ends })
      expect((await cloud.admin.requests()).length, 'a changed file is another credential').toBeGreaterThan(asked)
    } finally {
      await clouds.close()
    }
  })
})

test('a credential is changed while requests are made, none of which fails', async () => {
  await using({ credential: { accessRules: neededAccessRules(false) } }, async ({ cloud, folder }) => {
    const file = join(folder, 'clouds.yaml')
    const clouds = createClouds({ cloudsFile: file, clouds: [{ name: 'arbutus' }] })
    const password = { auth_url: cloud.authUrl, username: 'batch', password: 'batch', project_name: 'canfar-batch' }
    const entry = { auth: { ...password, user_domain_name: 'Default', project_domain_name: 'Default' } }
    const owner = OpenStack.connect(
      cloudConfigFromEntry('owner', entry, { source: { kind: 'environment' }, path: 'test', base: folder }),
    )
    const used = async () => (await clouds.batch('arbutus').identity.whoami()).applicationCredential?.name
    const work = new AbortController()
    let done = 0
    const requests = (async () => {
      while (!work.signal.aborted) {
        await collect(clouds.batch('arbutus').compute.servers.list())
        done++
      }
    })()
    const more = async () => {
      const before = done
      await expect.poll(() => done, { timeout: 15_000 }).toBeGreaterThan(before + 3)
    }
    try {
      await Promise.race([more(), requests])
      expect(await used()).toBe('site')

      const { applicationCredentials } = owner.identity
      const next = await applicationCredentials.create({ name: 'site-2', accessRules: neededAccessRules(false) })
      const auth = {
        auth_url: cloud.authUrl,
        application_credential_id: next.id,
        application_credential_secret: next.secret.reveal(),
      }
      writeFileSync(file, '{ "clouds": ')
      expect(await used(), 'while the file is not whole').toBe('site')
      writeFileSync(`${file}.new`, JSON.stringify({ clouds: { arbutus: { auth } } }), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      expect(await used()).toBe('site-2')
      await Promise.race([more(), requests])

      await applicationCredentials.delete('site-id')
      await Promise.race([more(), requests])
      const restricted = clouds.batch('arbutus').identity.applicationCredentials.create({ name: 'site-3' })
      await expect(restricted).rejects.toMatchObject({ code: 'Unauthorized' })
    } finally {
      work.abort()
      await requests
      await Promise.all([clouds.close(), owner.close()])
    }
  })
})
