import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revokeTokens } from '#htcondor/revoke-tokens.ts'
import { worker, workers } from '#htcondor/workers.ts'
import { startTestPool, until, type TestPool } from './test-pool.ts'

let site: TestPool
let file: string
const gone = 'canfar-arbutus-0000000000000001'
const other = 'canfar-east-0000000000000002'

beforeAll(async () => {
  site = await startTestPool()
  file = site.pool.revocationsFile
})
afterAll(async () => site[Symbol.asyncDispose]())

describe('the token of a VM that is gone', () => {
  it('is of no use any more, though its session lives, and others stay', { timeout: 90_000 }, async () => {
    await site.addWorker(gone)
    await site.addWorker(other)
    const identities = [`${site.as.user}.${gone}@pool.test`]
    await revokeTokens(site.tools, { file, identities })
    const revokedAt = Date.now()
    const heard = async (vm: string) => (await worker(site.tools, vm))?.seenAt ?? Infinity
    // both tell the collector every 5 s in this pool
    await until(
      async () => heard(other),
      (at) => at > revokedAt + 12_000 && at !== Infinity,
    )
    expect(await heard(gone).then((at) => (at === Infinity ? 0 : at))).toBeLessThan(revokedAt + 2000)
    await until(
      async () => (await workers(site.tools)).workers.map(({ vm }) => vm),
      (vms) => vms.length === 1 && vms[0] === other,
      60_000,
    )
  })

  it('may be taken back, and a list of thousands is no burden', async () => {
    const identities = Array.from(
      { length: 5000 },
      (_, n) => `ada.canfar-arbutus-${String(n).padStart(16, '0')}@pool.test`,
    )
    await revokeTokens(site.tools, { file, identities })
    await until(
      async () => worker(site.tools, gone),
      (ad) => ad !== undefined,
      60_000,
    )
    await revokeTokens(site.tools, { file, identities: [] })
    await expect(revokeTokens(site.tools, { file, identities: ['a"b'] })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('is said to be of use still if HTCondor does not read the list', async () => {
    const elsewhere = join(site.instance.folder, 'revoked')
    await expect(revokeTokens(site.tools, { file: elsewhere, identities: ['ada.vm@pool.test'] })).rejects.toMatchObject(
      {
        code: 'invalid',
        message: expect.stringContaining(elsewhere) as unknown,
      },
    )
  })
})
