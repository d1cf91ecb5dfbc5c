import { expect, onTestFinished, test } from 'vitest'
import { cloudConfigFromEntry, collect, OpenStack, waitForServer } from 'openstack-ts'
import type { RunningCloud } from '#testbed/cloud/start.ts'
import { cloudFor } from './fixture.ts'

// The actions of a server by requests of openstack-ts, through the states that Nova takes it.

const SOON = { deadlineMs: 20_000, intervalMs: 10 }

function connect(cloud: RunningCloud, user: string, project: string): OpenStack {
  const auth = { auth_url: cloud.authUrl, username: user, password: `${user}-pw`, project_name: project }
  const names = { user_domain_id: 'default', project_domain_id: 'default' }
  const client = OpenStack.connect(cloudConfigFromEntry('sim', { auth: { ...auth, ...names } }))
  onTestFinished(() => client.close())
  return client
}

async function wishOf(client: OpenStack): Promise<{ name: string; imageId: string; flavorId: string }> {
  const [image] = await client.image.images.findByName('base', { status: 'active' })
  if (image === undefined) throw new Error('the seed has no image base')
  return { name: 'vm', imageId: image.id, flavorId: 'small' }
}

test('a server goes through its states, and says which of them it must be in', async () => {
  const cloud = await cloudFor()
  const ann = connect(cloud, 'ann', 'alpha')
  const { servers, actions } = ann.compute
  const { id } = await servers.create(await wishOf(ann))
  const reach = (status: string) => waitForServer(servers, id, status, SOON)
  await reach('ACTIVE')
  await expect(actions.unpause(id)).rejects.toMatchObject({
    status: 409,
    fault: `Cannot 'unpause' instance ${id} while it is in vm_state active`,
  })
  await actions.pause(id)
  await reach('PAUSED')
  await expect(actions.changePassword(id, 'new')).rejects.toMatchObject({ code: 'Conflict' })
  await actions.unpause(id)
  await reach('ACTIVE')
  await actions.suspend(id)
  await reach('SUSPENDED')
  await actions.resume(id)
  await reach('ACTIVE')
  expect((await actions.rescue(id)).adminPassword).toMatch(/^\w{12}$/)
  await reach('RESCUE')
  await actions.unrescue(id)
  await reach('ACTIVE')
  await actions.changePassword(id, 'new')
  await reach('ACTIVE')
  await actions.shelve(id)
  await reach('SHELVED_OFFLOADED')
  await actions.unshelve(id)
  await reach('ACTIVE')
})

test("a lock holds its owner's hand, and what is an administrator's is refused by its rule", async () => {
  const cloud = await cloudFor()
  const ann = connect(cloud, 'ann', 'alpha')
  const { servers, actions } = ann.compute
  const { id } = await servers.create(await wishOf(ann))
  await waitForServer(servers, id, 'ACTIVE', SOON)
  await actions.lock(id, 'in use')
  expect((await servers.show(id)).locked).toBe(true)
  await expect(actions.pause(id)).rejects.toMatchObject({ code: 'Conflict' })
  await actions.unlock(id)
  for (const [action, rule] of [
    ['shelveOffload', 'os-shelve:shelve_offload'],
    ['migrate', 'os-migrate-server:migrate'],
    ['os-migrateLive', 'os-migrate-server:migrate_live'],
    ['evacuate', 'os-evacuate'],
    ['os-resetState', 'os-admin-actions:reset_state'],
  ] as const)
    await expect(actions.run(id, action, null)).rejects.toMatchObject({
      code: 'Forbidden',
      fault: `Policy doesn't allow os_compute_api:${rule} to be performed.`,
    })
})

test('several servers of one request are found by its reservation', async () => {
  const cloud = await cloudFor()
  const ann = connect(cloud, 'ann', 'alpha')
  const { servers } = ann.compute
  const wish = await wishOf(ann)
  const { reservationId } = await servers.createMany(wish, { min: 2, max: 3 })
  await servers.create(wish)
  const made = await collect(servers.list({ reservationId }))
  expect(new Set(made.map(({ name }) => name))).toEqual(new Set(['vm-1', 'vm-2', 'vm-3']))
  await expect(servers.createMany(wish, { min: 3, max: 2 })).rejects.toMatchObject({
    status: 400,
    fault: 'min_count must be <= max_count',
  })
})
