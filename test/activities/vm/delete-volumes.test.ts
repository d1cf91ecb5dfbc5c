import { MockActivityEnvironment } from '@temporalio/testing'
import type { Server, Volume } from 'openstack-ts'
import { OpenStack, waitForServer } from 'openstack-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteServer, type Deletion } from '#activities/vm/delete-server.ts'
import type { Effect } from '#testbed/front/rule.ts'
import { until } from '../../testbed/cloud/fixture.ts'
import { batchCloud, type BatchCloud } from '../batch-cloud.ts'

const name = 'canfar-arbutus-0123456789abcdef'
let own: BatchCloud
beforeEach(async () => {
  own = await batchCloud()
})
afterEach(() => own.stop())

type Kept = Extract<Effect, { kind: 'keep-volumes' }>['as']

async function booted(deleteOnTermination = true): Promise<{ server: Server; volumeId: string }> {
  const { id } = await own.batch.compute.servers.create(own.volumeWish(name, deleteOnTermination))
  const server = await waitForServer(own.batch.compute.servers, id, 'ACTIVE', { deadlineMs: 5000, intervalMs: 20 })
  return { server, volumeId: server.volumes[0]?.id ?? '' }
}

/** The next deletion leaves the volume behind. */
const keep = (as: Kept) =>
  own.cloud.admin.addFault({
    match: { service: 'compute', method: 'DELETE' },
    times: 1,
    effect: { kind: 'keep-volumes', as },
  })

const remove = (serverId: string, deletion: Deletion, heartbeatDetails?: unknown): Promise<void> =>
  new MockActivityEnvironment({ heartbeatDetails }).run(() =>
    deleteServer(own.batch, own.proof(name, serverId), deletion),
  )

/** Somebody else deletes the server. */
async function endOf({ id }: Pick<Server, 'id'>): Promise<void> {
  await own.batch.compute.servers.delete(id)
  await until(own.cloud.admin.servers, ([one]) => one?.deletedAt !== null)
}

const forceDelete = (volumeId: string): Promise<void> => own.admin.blockStorage.actions.forceDelete(volumeId)

const volumes = async (): Promise<string[]> => (await own.cloud.admin.inventory()).volumes.map(({ id }) => id)

/** A volume of the project's own, attached to the server. */
async function attached(server: string, deleteOnTermination: boolean): Promise<string> {
  const { id } = await own.batch.blockStorage.volumes.create({ sizeGb: 1 })
  const is = (status: string) =>
    until(
      () => own.batch.blockStorage.volumes.show(id),
      (seen: Volume) => seen.status === status,
    )
  await is('available')
  await own.batch.compute.volumeAttachments.attach(server, { volumeId: id, deleteOnTermination })
  await is('in-use')
  return id
}

describe('the volume that was made for a server', () => {
  it('is gone with it', async () => {
    const { server } = await booted()
    await remove(server.id, { volumes: [] })
    expect(await volumes()).toEqual([])
  })

  it('is deleted if the cloud left it', async () => {
    const { server } = await booted()
    await keep('available')
    await remove(server.id, { volumes: [] })
    expect(await volumes()).toEqual([])
  })

  it('is told to the next attempt, which finds no server any more', async () => {
    const { server, volumeId } = await booted()
    await keep('available')
    await own.cloud.admin.addFault({
      match: { service: 'block-storage' },
      times: null,
      effect: { kind: 'status', status: 403 },
    })
    const first = new MockActivityEnvironment()
    const beats: unknown[] = []
    first.on('heartbeat', (details: unknown) => beats.push(details))
    await expect(first.run(() => deleteServer(own.batch, own.proof(name, server.id), { volumes: [] }))).rejects.toThrow(
      '403',
    )
    // the first is not held back, and none takes away what it told
    expect(beats.length).toBeGreaterThan(1)
    for (const told of beats) expect(told).toEqual({ volumes: [volumeId] })
    expect(await volumes()).toEqual([volumeId])
    await own.cloud.admin.clearFaults()
    await remove(server.id, { volumes: [] }, beats.at(-1))
    expect(await volumes()).toEqual([])
  })

  it('is known from our record', async () => {
    const { server, volumeId } = await booted()
    await keep('available')
    await endOf(server)
    await remove(server.id, { volumes: [volumeId] })
    expect(await volumes()).toEqual([])
  })

  it('is waited for while the cloud believes it in use', async () => {
    const { server, volumeId } = await booted()
    await keep('in-use')
    const removal = remove(server.id, { volumes: [] })
    await until(own.cloud.admin.servers, ([one]) => one?.deletedAt !== null)
    expect(await volumes()).toEqual([volumeId])
    await forceDelete(volumeId)
    await removal
    expect(await volumes()).toEqual([])
  })

  it.each(['in-use', 'error_deleting'] as const)(
    'is said to be %s where only an administrator can help',
    async (as) => {
      const { server, volumeId } = await booted()
      await keep(as)
      await endOf(server)
      await expect(remove(server.id, { volumes: [volumeId], force: true })).rejects.toThrow(
        `${volumeId} is ${as} (the cloud lets only its administrators force the deletion`,
      )
      await forceDelete(volumeId)
      await remove(server.id, { volumes: [volumeId], force: true })
      expect(await volumes()).toEqual([])
    },
  )
})

describe('never touched is a volume', () => {
  it('that was not to be deleted with the server', async () => {
    const { server, volumeId } = await booted(false)
    await remove(server.id, { volumes: [] })
    expect(await volumes()).toEqual([volumeId])
  })

  it('that somebody wants to keep since, whatever our record says', async () => {
    const { server, volumeId } = await booted()
    await using newer = OpenStack.connect(own.batch.config, { computeMicroversion: { wanted: '2.85' } })
    await newer.compute.client.request('PUT', `/servers/${server.id}/os-volume_attachments/${volumeId}`, {
      json: { volumeAttachment: { volumeId, delete_on_termination: false } },
    })
    const first = new MockActivityEnvironment()
    const beats: unknown[] = []
    first.on('heartbeat', (details: unknown) => beats.push(details))
    const deletion = { volumes: [volumeId] }
    await first.run(() => deleteServer(own.batch, own.proof(name, server.id), deletion))
    expect(beats.at(-1)).toEqual({ volumes: [] })
    await remove(server.id, deletion, beats.at(-1))
    expect(await volumes()).toEqual([volumeId])
  })

  it('that somebody attached to it', async () => {
    const { server } = await booted()
    const theirs = await attached(server.id, false)
    await keep('available')
    await remove(server.id, { volumes: [] })
    expect(await volumes()).toEqual([theirs])
  })

  it('that is attached to another server by now', async () => {
    const { server, volumeId } = await booted()
    await keep('available')
    await endOf(server)
    const { id } = await own.batch.compute.servers.create(own.wish('desktop'))
    await waitForServer(own.batch.compute.servers, id, 'ACTIVE', { deadlineMs: 5000, intervalMs: 20 })
    await own.batch.compute.volumeAttachments.attach(id, { volumeId })
    await remove(server.id, { volumes: [volumeId], force: true })
    expect(await volumes()).toEqual([volumeId])
  })

  it('of a VM that boots from none', async () => {
    const { id } = await own.batch.compute.servers.create(own.wish(name))
    await waitForServer(own.batch.compute.servers, id, 'ACTIVE', { deadlineMs: 5000, intervalMs: 20 })
    const theirs = await attached(id, true)
    await keep('available')
    await remove(id, {})
    expect(await volumes()).toEqual([theirs])
  })
})
