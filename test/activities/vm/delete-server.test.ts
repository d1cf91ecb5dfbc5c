import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServerCreate } from 'openstack-ts'
import { controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import { deleteServer } from '#activities/vm/delete-server.ts'
import { batchCloud, type BatchCloud } from '../batch-cloud.ts'

const name = 'canfar-arbutus-0123456789abcdef'
let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

const boot = (called = name, more: Partial<ServerCreate> = {}): Promise<{ id: string }> =>
  own.batch.compute.servers.create({ ...own.wish(called), ...more })
const remove = (id?: string, force = false): Promise<void> =>
  new MockActivityEnvironment().run(() => deleteServer(own.batch, own.proof(name, id), { force }))

async function left(): Promise<string[]> {
  const names: string[] = []
  for await (const server of own.batch.compute.servers.list()) names.push(server.name ?? '')
  return names.toSorted()
}

describe('deleting a VM', () => {
  it('takes every server of its name that the record describes, and no other', async () => {
    const flavorId = own.flavors.get('c1-3.75gb-15') ?? ''
    await Promise.all([boot(), boot(), boot(`${name}0`), boot('foreign')])
    // the name alone, another control plane, another tenant, another flavor
    await boot(name, { metadata: {} })
    await boot(name, { metadata: { [controlPlaneKey]: 'another', [tenantKey]: 'ada' } })
    await boot(name, { metadata: { [controlPlaneKey]: 'the-test', [tenantKey]: 'bob' } })
    await boot(name, { flavorId })
    await remove()
    expect(await left()).toEqual([name, name, name, name, `${name}0`, 'foreign'])
  })

  it('takes no other while the answer to the create call has named one', async () => {
    const { id } = await boot()
    await boot()
    await remove(id)
    expect(await left()).toEqual([name])
  })

  it('is forced where an ordinary one hangs', async () => {
    const { id } = await boot()
    await own.cloud.admin.addFault({
      match: { service: 'compute', method: 'DELETE' },
      times: 1,
      effect: { kind: 'stuck-deleting', untilForced: true },
    })
    await own.batch.compute.servers.delete(id)
    await remove(id, true)
    expect(await left()).toEqual([])
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
