import { MockActivityEnvironment } from '@temporalio/testing'
import { ApplicationFailure } from '@temporalio/common'
import type { ServerCreate } from 'openstack-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createServer } from '#activities/vm/create-server.ts'
import { defaultDeadlines } from '#domain/deadlines.ts'
import { batchCloud, type BatchCloud } from '../batch-cloud.ts'

const name = 'canfar-arbutus-0123456789abcdef'
const deadlines = { ...defaultDeadlines, createCall: 1500, createLookup: 1500 }
let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

function create(attempt: number, more: Partial<ServerCreate> = {}): Promise<{ id: string }> {
  const prepare = (): Promise<ServerCreate> => Promise.resolve({ ...own.wish(name), ...more })
  return new MockActivityEnvironment({ attempt }).run(() =>
    createServer(own.batch, own.proof(name), prepare, deadlines),
  )
}

async function failureOf(work: Promise<unknown>): Promise<{ type: string | null | undefined; final: boolean }> {
  try {
    await work
  } catch (error) {
    if (error instanceof ApplicationFailure) return { type: error.type, final: error.nonRetryable ?? false }
    throw error
  }
  throw new Error('it did not fail')
}

const created = async () => (await own.cloud.admin.servers()).map((server) => server.name)

describe('the create call', () => {
  it('makes one server', async () => {
    const { id } = await create(1)
    expect(await created()).toEqual([name])
    expect((await own.batch.compute.servers.show(id)).name).toBe(name)
  })

  it('is never made again: a later attempt finds what the first has made', async () => {
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'POST' },
      times: 1,
      effect: { kind: 'act-then-drop' },
    })
    expect(await failureOf(create(1))).toEqual({ type: 'CreateUnknown', final: false })
    const { id } = await create(2)
    const [server] = await own.cloud.admin.servers()
    expect(id).toBe(server?.id)
    expect(await created()).toEqual([name])
  })

  it('may act late: the name is looked up as long as that is possible', async () => {
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'POST' },
      times: 1,
      effect: { kind: 'drop-then-act-late', ms: 700 },
    })
    expect(await failureOf(create(1))).toEqual({ type: 'CreateUnknown', final: false })
    await create(2)
    expect(await created()).toEqual([name])
  })

  it('that hangs is given up in time, and looked for', async () => {
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'POST' },
      times: 1,
      effect: { kind: 'hang' },
    })
    expect(await failureOf(create(1))).toEqual({ type: 'CreateUnknown', final: false })
    expect(await failureOf(create(2))).toEqual({ type: 'CreateUnknown', final: true })
    expect(await created()).toEqual([])
  })

  it('finds the exact name only', async () => {
    const other = { flavorId: own.flavors.get('c1-3.75gb-15') ?? '', imageId: own.images.get('open') ?? '' }
    await own.batch.compute.servers.create({ ...other, name: `${name}0` })
    await own.batch.compute.servers.create({ ...other, name: name.toUpperCase() })
    expect(await failureOf(create(2))).toEqual({ type: 'CreateUnknown', final: true })
  })

  it.each([
    ['QuotaExceeded', () => own.cloud.admin.setQuota('canfar-batch', { compute: { instances: 0 } })],
    [
      'CloudError',
      () =>
        own.cloud.admin.addFault({
          match: { service: 'compute', method: 'POST' },
          times: 1,
          effect: { kind: 'status', status: 503 },
        }),
    ],
    [
      'CloudError',
      () =>
        own.cloud.admin.addFault({
          match: { service: 'compute', method: 'POST' },
          times: 1,
          effect: { kind: 'status', status: 429, retryAfter: 30 },
        }),
    ],
  ])('that is refused (%s) is final, and nothing was made', async (type, refuse) => {
    await refuse()
    expect(await failureOf(create(1))).toEqual({ type, final: true })
    expect(await created()).toEqual([])
  })

  it('of an image that the project cannot see is refused', async () => {
    expect(await failureOf(create(1, { imageId: own.images.get('soft') ?? '' }))).toEqual({
      type: 'ImageUnusable',
      final: true,
    })
  })

  it('answered with 500 may have acted', async () => {
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'POST' },
      times: 1,
      effect: { kind: 'status', status: 500 },
    })
    expect(await failureOf(create(1))).toEqual({ type: 'CreateUnknown', final: false })
  })

  it('is not made where the name has a server of ours already, as after Temporal was set back to yesterday', async () => {
    const { id } = await create(1)
    expect(await create(1)).toEqual({ id })
    expect(await created()).toEqual([name])
  })

  it('is not made where the name has a server that is not provably ours', async () => {
    await own.batch.compute.servers.create({ ...own.wish(name), metadata: {} })
    expect(await failureOf(create(1))).toEqual({ type: 'NameTaken', final: true })
    expect(await created()).toEqual([name])
  })
})
