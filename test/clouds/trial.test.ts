import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askTrial, removeTrial } from '#clouds/trial.ts'
import { batchCloud, type BatchCloud } from '../activities/batch-cloud.ts'

const name = 'canfar-arbutus-0123456789abcdef'
const limits = { appear: 0, within: 1000 }
let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

const states = async () => (await own.cloud.admin.servers()).map(({ status }) => status)
const made = async () => (await own.batch.compute.servers.create(own.wish(name))).id

describe('asked for', () => {
  test.each([
    ['status', { kind: 'status', status: 403 }, 'refused'],
    ['a queue that is full', { kind: 'status', status: 503 }, 'refused'],
    ['a failure of the service', { kind: 'status', status: 500 }, 'lost'],
    ['a connection that breaks', { kind: 'act-then-drop' }, 'lost'],
    ['no answer in time', { kind: 'act-then-hang' }, 'lost'],
  ] as const)('with %s it is %o: %s', async (_how, effect, outcome) => {
    await own.cloud.admin.addFault({ match: { service: 'compute', method: 'POST' }, effect, times: null })
    expect(await askTrial(own.batch, own.wish(name), 500)).toEqual({ [outcome]: expect.any(Error) })
  })

  test('what cannot be sent was certainly not made', async () => {
    const wish = { ...own.wish(name), userData: 'x'.repeat(60_000) }
    expect(await askTrial(own.batch, wish, 500)).toMatchObject({ refused: { code: 'InvalidRequest' } })
  })
})

describe('removed', () => {
  test('whatever its state, also locked, once it is gone', async () => {
    const id = await made()
    await own.batch.compute.actions.lock(id)
    expect(await removeTrial(own.batch, own.proof(name, id), { ...limits, within: 10_000 })).toEqual({
      found: true,
      left: [],
    })
    expect(await states()).toEqual(['DELETED'])
  })

  test('one whose deletion does not end is named with its state', async () => {
    const id = await made()
    await own.cloud.admin.addFault({ match: { method: 'DELETE' }, effect: { kind: 'stuck-deleting' }, times: null })
    const { found, left } = await removeTrial(own.batch, own.proof(name, id), limits)
    expect([found, left]).toEqual([true, [expect.stringMatching(new RegExp(`^server ${id}, `))]])
  })

  test('a cloud that does not answer is asked until it is too late, and then there is no knowing', async () => {
    const id = await made()
    await own.cloud.admin.addFault({
      match: { service: 'compute' },
      effect: { kind: 'status', status: 500 },
      times: null,
    })
    const { left } = await removeTrial(own.batch, own.proof(name, id), limits)
    expect(left).toEqual([expect.stringContaining('answered 500')])
  })

  test('nothing that has only its name, or only half of its marks', async () => {
    const { metadata = {}, ...wish } = own.wish(name)
    for (const key of Object.keys(metadata)) {
      const { [key]: _taken, ...others } = metadata
      await own.batch.compute.servers.create({ ...wish, metadata: others })
    }
    expect(await removeTrial(own.batch, own.proof(name), limits)).toEqual({ found: false, left: [] })
    expect(await states()).not.toContain('DELETED')
  })

  test('of several that the lost answer may mean, all', async () => {
    await made()
    await made()
    expect(await removeTrial(own.batch, own.proof(name), { ...limits, within: 10_000 })).toEqual({
      found: true,
      left: [],
    })
    expect(await states()).toEqual(['DELETED', 'DELETED'])
  })
})
