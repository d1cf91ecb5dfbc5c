import { collect, Secret, type CloudConfig } from 'openstack-ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createCredential,
  deleteCredential,
  ownCredentials,
  proveCredential,
  type CredentialWish,
} from '#clouds/application-credentials.ts'
import { neededAccessRules } from '#domain/cloud-check/access-rules.ts'
import { batchCloud, type BatchCloud } from '../activities/batch-cloud.ts'

let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

const made = Date.parse('2026-11-20T10:00:00Z')
const wish: CredentialWish = {
  name: 'canfar-batch-arbutus-2026-11-20-de3ae501',
  mark: { controlPlane: 'the-test', cloud: 'arbutus', made, use: 'batch', replaces: 'x' },
  expires: Math.floor(Date.now() / 1000) * 1000 + 90 * 86_400_000,
  rules: neededAccessRules(false),
}
const creates = { service: 'identity', method: 'POST', pathRegex: 'application_credentials$' } as const
const create = (more: Partial<CredentialWish> = {}) => createCredential(own.batch, { ...wish, ...more }, {})
const listed = () => ownCredentials(own.batch, {})
const configOf = ({ id, secret }: { id: string; secret: string }): CloudConfig => ({
  ...own.batch.config,
  credential: { type: 'applicationCredential', id, secret: new Secret(secret) },
})
const prove = async (config: CloudConfig, withVolumes = false) =>
  proveCredential(config, { project: await own.batch.projectId(), withVolumes }, {})

describe('a credential is made', () => {
  test('with what it is for in its description', async () => {
    const { id } = await create()
    expect(await listed()).toEqual([
      {
        id,
        name: wish.name,
        project: await own.batch.projectId(),
        roles: [expect.any(String), expect.any(String)],
        expires: wish.expires,
        ruled: true,
        mark: wish.mark,
      },
    ])
  })

  test('once, if the answer is lost: whoever comes next deletes it, since its secret is lost too', async () => {
    await own.cloud.admin.addFault({ match: creates, effect: { kind: 'act-then-drop' } })
    await expect(create()).rejects.toMatchObject({ code: 'ConnectionLost' })
    const [lost] = await listed()
    const { id } = await create()
    expect((await listed()).map((one) => one.id)).toEqual([id])
    expect(lost?.id).not.toBe(id)
  })

  test('once, if the call arrives after it was given up', async () => {
    await own.cloud.admin.addFault({ match: creates, effect: { kind: 'drop-then-act-late', ms: 300 } })
    await expect(create()).rejects.toMatchObject({ code: 'ConnectionLost' })
    const { id } = await create()
    // it has come, and found the name taken
    await expect.poll(async () => (await own.cloud.admin.counters()).answers['identity POST 409']).toBe(1)
    expect((await listed()).map((one) => one.id)).toEqual([id])
  })

  test('not by one that is restricted, which cannot delete any either', async () => {
    const { OpenStack } = await import('openstack-ts')
    const restricted = OpenStack.connect(configOf(await create({ rules: [] })))
    await expect(createCredential(restricted, { ...wish, name: 'other', rules: [] }, {})).rejects.toMatchObject({
      code: 'Forbidden',
    })
    const [only] = await collect(restricted.identity.applicationCredentials.list())
    await expect(deleteCredential(restricted, only?.id ?? '', {})).rejects.toMatchObject({ code: 'Forbidden' })
    await restricted.close()
    expect(await listed()).toHaveLength(1)
  })

  test('and deleted, also if it is gone', async () => {
    const { id } = await create()
    await deleteCredential(own.batch, id, {})
    await deleteCredential(own.batch, id, {})
    expect(await listed()).toEqual([])
  })
})

describe('a credential is proved', () => {
  test.each([
    ['with all rules', neededAccessRules(false), false],
    ['with those for volumes', neededAccessRules(true), true],
    ['without rules', [], true],
  ])('%s', async (_what, rules, withVolumes) => {
    expect(await prove(configOf(await create({ rules })), withVolumes)).toBe('good')
  })

  test('as soon as every node of Keystone knows it', async () => {
    const config = configOf(await create())
    const match = { service: 'identity', method: 'POST', pathRegex: 'auth/tokens' } as const
    await own.cloud.admin.addFault({ match, effect: { kind: 'status', status: 401 }, times: 2 })
    expect(await prove(config)).toBe('good')
  })

  test.each([
    [
      'that is deleted',
      async () => {
        const fresh = await create()
        await deleteCredential(own.batch, fresh.id, {})
        return fresh
      },
    ],
    [
      'whose rules leave something out',
      () => create({ rules: neededAccessRules(false).filter(({ method }) => method !== 'DELETE') }),
    ],
  ])('not one %s', async (_what, make) => {
    await expect(prove(configOf(await make()))).rejects.toMatchObject({ data: { code: 'NewCredentialRefused' } })
  })

  test('not one of another project', async () => {
    const fresh = await createCredential(own.owner, { ...wish, rules: [] }, {})
    await expect(prove(configOf(fresh))).rejects.toMatchObject({ data: { code: 'NewCredentialRefused' } })
  })

  test('not while a service does not answer, which says nothing of it', async () => {
    const config = configOf(await create())
    await own.cloud.admin.addFault({
      match: { service: 'network' },
      effect: { kind: 'status', status: 503 },
      times: null,
    })
    await expect(prove(config)).rejects.toMatchObject({ code: 'Unavailable' })
  })
})
