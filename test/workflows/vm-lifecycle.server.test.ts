import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closedVmsQuery, goneVmsQuery } from '#contract/lists.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { processRow, withDescendants } from '#testbed/instance/process-table.ts'
import { testSite, type TestSite, type TestVm, until } from './support.ts'

let world: TestSite

beforeAll(async () => {
  // these VMs are nobody's demand: a fleet that planned would retire them
  const policy = { planInterval: '1h' }
  world = await testSite({ cloudPoll: '500ms', condorPoll: '500ms', keepalive: '2s', policy })
})
afterAll(() => world?.stop())

const east = () => {
  const cloud = world.site.clouds['east']
  if (cloud === undefined) throw new Error('the site has no cloud east')
  return cloud.admin
}

/** Every server that ever was asked for under the VM's name. */
const serversOf = async ({ name }: TestVm): Promise<ServerRecord[]> =>
  (await east().servers()).filter((server) => server.name === name)

/** The startd in a VM's guest; it ends with the guest. */
function startdOf({ name }: TestVm): number {
  const first = world.site.runner.guests().find((guest) => guest.name === name)?.process
  const startd =
    first === undefined
      ? undefined
      : withDescendants([first]).find(({ pid }) => processRow(pid)?.command === 'condor_startd')
  if (startd === undefined) throw new Error(`${name} has no startd`)
  return startd.pid
}

/** An empty worker of these stays until something else ends it. */
const patient = { keepaliveMs: 600_000 }

/** The name of a VM whose create call the fault will strike. */
async function doomed(effect: Parameters<ReturnType<typeof east>['addFault']>[0]['effect']): Promise<string> {
  const name = world.vmName('east')
  await east().addFault({ match: { service: 'compute', method: 'POST', pathRegex: '/servers$', name }, effect })
  return name
}

async function expectGone(vm: TestVm, servers: number): Promise<void> {
  const all = await serversOf(vm)
  expect(all).toHaveLength(servers)
  for (const server of all) expect(server.deletedAt).not.toBeNull()
}

describe('every state has its time, and a name for what it is left for', () => {
  test.concurrent('never ACTIVE: BuildTimeout', async () => {
    const name = await doomed({ kind: 'stuck-building' })
    const vm = await world.startVm('east', { name, deadlines: { building: 1500 } })
    expect(await vm.result()).toMatchObject({ reason: 'BuildTimeout', served: false })
    await expectGone(vm, 1)
  })

  test.concurrent('in ERROR: its fault decides', async () => {
    const name = await doomed({ kind: 'no-capacity' })
    const vm = await world.startVm('east', { name })
    expect(await vm.result()).toMatchObject({ reason: 'NoCapacity', note: expect.stringMatching(/no valid host/i) })
    await expectGone(vm, 1)
  })

  test.concurrent('never in the pool: JoinTimeout', async () => {
    const vm = await world.startVm('east', { deadlines: { join: 100 } })
    expect(await vm.result()).toMatchObject({ reason: 'JoinTimeout', served: false })
    await expectGone(vm, 1)
  })

  test.concurrent('never a job: NoFirstJob', async () => {
    const vm = await world.startVm('east', { deadlines: { firstJob: 1000 }, order: patient })
    expect(await vm.result()).toMatchObject({ reason: 'NoFirstJob', served: false })
    await expectGone(vm, 1)
  })

  test.concurrent('too old: Lifetime', async () => {
    const vm = await world.startVm('east', { deadlines: { lifetime: 8000 }, order: patient })
    const { bornAt, reason, goneAt } = await vm.result()
    expect(reason).toBe('Lifetime')
    expect(goneAt - bornAt).toBeGreaterThanOrEqual(8000)
    await expectGone(vm, 1)
  })

  test.concurrent('empty for its keepalive: Idle', async () => {
    const vm = await world.startVm('east')
    expect(await vm.result()).toMatchObject({ reason: 'Idle' })
    await expectGone(vm, 1)
  })

  test.concurrent('the time of a drain ends it, though its worker has stopped to answer', async () => {
    const vm = await world.startVm('east', { deadlines: { drain: 2500 }, order: patient })
    await vm.reaches('serving')
    process.kill(startdOf(vm), 'SIGSTOP')
    const asked = Date.now()
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    expect(await vm.result()).toMatchObject({ reason: 'Retired' })
    // HTCondor's own patience with a daemon that hangs is 20 s
    expect(Date.now() - asked).toBeLessThan(20_000)
    await expectGone(vm, 1)
  })
})

// the pool refuses the tokens of VMs that are gone
test.concurrent('a VM is among those that are gone when it is, and not before', async () => {
  const gone = async (name: string): Promise<boolean> => {
    const query = goneVmsQuery(world.config.pool, new Date(0))
    for await (const { workflowId } of world.client.workflow.list({ query })) if (workflowId === name) return true
    return false
  }
  const vm = await world.startVm('east', { deadlines: { firstJob: 1000 }, order: patient })
  await vm.reaches('serving')
  expect(await gone(vm.name)).toBe(false)
  await vm.result()
  await until('the list to show it', async () => ((await gone(vm.name)) ? true : undefined))
})

// else an adopted worker is refused by the pool, runs jobs by its old claims, and is deleted for not having joined
test.concurrent('a VM whose workflow was ended from outside is not among those that are gone', async () => {
  const vm = await world.startVm('east', { order: patient })
  await vm.reaches('serving')
  await vm.handle.terminate('by mistake')
  const listed = async (query: string): Promise<boolean> => {
    for await (const { workflowId } of world.client.workflow.list({ query })) if (workflowId === vm.name) return true
    return false
  }
  const since = new Date(0)
  await until('the lists to show it', async () =>
    (await listed(closedVmsQuery(world.config.pool, since))) ? true : undefined,
  )
  expect(await listed(goneVmsQuery(world.config.pool, since))).toBe(false)
})

test.concurrent('a VM that is to go while it boots is waited for: it may be given a job at any moment', async () => {
  const vm = await world.startVm('east', { order: patient })
  await until('its server to run', async () => {
    const servers = await world.site.clouds['east']?.admin.servers()
    return servers?.some(({ name, status }) => name === vm.name && status === 'ACTIVE') || undefined
  })
  await vm.tell({ kind: 'retire', reason: 'NoDemand' })
  expect(await vm.result()).toMatchObject({ reason: 'NoDemand', served: false })
  expect((await vm.record()).history.map(({ because }) => because)).toContain('it is drained')
  await expectGone(vm, 1)
})

describe('operators', () => {
  test.concurrent('keep hands off a VM, and give it back', async () => {
    const vm = await world.startVm('east')
    await vm.reaches('serving')
    await vm.tell({ kind: 'hold', note: 'somebody looks into it' })
    const held = await vm.reaches('held')
    // its keepalive passes twice
    await new Promise((resolve) => setTimeout(resolve, 4500))
    expect(await vm.record()).toEqual(held)
    await vm.tell({ kind: 'resume' })
    expect(await vm.result()).toMatchObject({ reason: 'Idle' })
    await expectGone(vm, 1)
  })

  test.concurrent('cancel a VM in the web UI: it is retired like any other, and its workflow completes', async () => {
    const vm = await world.startVm('east', { order: patient })
    await vm.reaches('serving')
    await vm.handle.cancel()
    expect(await vm.result()).toMatchObject({ reason: 'Retired', note: 'cancelled' })
    expect((await vm.handle.describe()).status.name).toBe('COMPLETED')
    await expectGone(vm, 1)
  })

  test.concurrent('cancel a VM that is just being asked for: what it got is given back', async () => {
    const vm = await world.startVm('east', { order: patient })
    await vm.handle.cancel()
    expect(await vm.result()).toMatchObject({ reason: 'Retired' })
    await expectGone(vm, 1)
  })
})

describe('a cloud that refuses to delete', () => {
  test.concurrent('is asked for ever; after ten times a person is told', async () => {
    const vm = await world.startVm('east', { order: patient })
    const { serverId } = await vm.reaches('serving')
    const rule = await east().addFault({
      match: { service: 'compute', method: 'DELETE', pathRegex: `/servers/${serverId ?? ''}` },
      times: null,
      effect: { kind: 'status', status: 403, message: "Policy doesn't allow it" },
    })
    await vm.tell({ kind: 'retire', reason: 'Retired' })
    // ten attempts would take eight minutes
    expect((await world.pending(vm, 'deleteServer')).maximumAttempts).toBe(10)
    await world.shorten(vm, 'deleteServer')
    await until('the alarm', async () => ((await world.reasonOf(vm)) === 'DeleteStuck' ? true : undefined))
    expect((await vm.handle.describe()).status.name).toBe('RUNNING')
    const lines = readFileSync(world.site.worker.logFile, 'utf8').split('\n')
    expect(lines.filter((line) => line.includes('alarm: DeleteStuck') && line.includes(vm.name))).toHaveLength(1)
    // for ever
    expect((await world.pending(vm, 'deleteServer')).maximumAttempts).toBe(0)
    await east().removeFault(rule.id)
    await world.retryNow(vm, 'deleteServer')
    expect(await vm.result()).toMatchObject({ reason: 'Retired' })
    await expectGone(vm, 1)
  })
})
