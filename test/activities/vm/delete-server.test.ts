import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteServer } from '#activities/vm/delete-server.ts'
import { batchCloud, type BatchCloud } from '../batch-cloud.ts'

const name = 'canfar-arbutus-0123456789abcdef'
let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

const boot = (called = name): Promise<{ id: string }> =>
  own.batch.compute.servers.create({
    name: called,
    flavorId: own.flavors.get('c1-3.75gb-15') ?? '',
    imageId: own.images.get('open') ?? '',
  })
const remove = (id?: string): Promise<void> =>
  new MockActivityEnvironment().run(() => deleteServer(own.batch, name, id))

async function left(): Promise<string[]> {
  const names: string[] = []
  for await (const server of own.batch.compute.servers.list()) names.push(server.name ?? '')
  return names.toSorted()
}

describe('deleting a VM', () => {
  it('takes every server of its name, and no other', async () => {
    await Promise.all([boot(), boot(), boot(`${name}0`), boot('foreign')])
    await remove()
    expect(await left()).toEqual([`${name}0`, 'foreign'])
  })

  it('takes the known server even if somebody renamed it', async () => {
    const { id } = await boot('renamed')
    await remove(id)
    expect(await left()).toEqual([])
  })

  it('of nothing is done at once', async () => {
    await remove('11111111-2222-3333-4444-555555555555')
    expect(await left()).toEqual([])
  })

  it('unlocks what is locked', async () => {
    const { id } = await boot()
    await own.batch.compute.actions.lock(id)
    await remove(id)
    expect(await left()).toEqual([])
  })

  it('forces what is only softly deleted', async () => {
    const { id } = await boot()
    await own.cloud.admin.setState(id, 'SOFT_DELETED')
    await remove(id)
    await expect(own.batch.compute.servers.show(id)).rejects.toMatchObject({ code: 'NotFound' })
  })

  it('goes on while the answer is lost, the cloud is slow or refuses for now', async () => {
    const { id } = await boot()
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'DELETE' },
      times: 1,
      effect: { kind: 'act-then-drop' },
    })
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'DELETE' },
      times: 1,
      effect: { kind: 'status', status: 409 },
    })
    await remove(id).catch(() => remove(id))
    expect(await left()).toEqual([])
  })

  it('takes the ports that a server left behind', async () => {
    await own.cloud.admin.addFault({ match: { service: 'compute' }, times: 1, effect: { kind: 'keep-ports' } })
    const { id } = await boot()
    await remove(id)
    const { ports } = await own.cloud.admin.inventory()
    expect(ports).toEqual([])
  })
})
