import { afterAll, beforeAll, expect, test } from 'vitest'
import { listedVm, type ListedVm } from '#contract/listed.ts'
import { vmsQuery } from '#contract/lists.ts'
import { observe } from '#testbed/site/demo/observe.ts'
import { historyLength, shellJobs, submit, testSite, type TestSite, until } from './support.ts'

const jobs = 20

let world: TestSite

beforeAll(async () => {
  world = await testSite({ clouds: [{ name: 'arbutus', quota: { instances: 1 } }], keepalive: '8s' })
})
afterAll(() => world?.stop())

test(`a worker VM's whole life is written in 60 events, though it ran ${jobs} jobs and was empty in between`, async () => {
  const first = shellJobs(world.site, 'first', 'sleep 0.3', jobs - 2)
  await submit(world.site, first)
  await until('all but two jobs to be done', async () => ((await ended()) === jobs - 2 ? true : undefined), 90_000)
  // it becomes busy again after it was empty: that must cost nothing
  await submit(world.site, shellJobs(world.site, 'then', 'sleep 1', 2))
  const [vm] = await until('the VM to be gone', gone, 60_000)
  expect(await ended()).toBe(jobs)
  const servers = await world.site.clouds['arbutus']?.admin.servers()
  expect(servers?.map(({ name }) => name)).toEqual([vm.vm])
  expect(await world.client.workflow.getHandle(vm.vm).result()).toMatchObject({ reason: 'Idle', served: true })
  expect(await historyLength(world.client, vm.vm)).toBeLessThanOrEqual(60)
})

async function ended(): Promise<number> {
  const { history } = await observe(world.site)
  return history.filter(({ exitCode }) => exitCode === 0).length
}

async function gone(): Promise<[ListedVm, ...ListedVm[]] | undefined> {
  const vms: ListedVm[] = []
  for await (const listed of world.client.workflow.list({ query: vmsQuery(world.config.pool, { running: false }) })) {
    const vm = listedVm(listed)
    if (vm !== undefined) vms.push(vm)
  }
  const [vm, ...more] = vms
  return vm === undefined || vms.some(({ state }) => state !== 'gone') ? undefined : [vm, ...more]
}
