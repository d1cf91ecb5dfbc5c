import { vmReasons } from '#domain/vm/reason.ts'
import type { CrashSite } from './crash-site.ts'
import { until } from './crash-site.ts'

/** Everything is over: no job in the queue, no VM, no server, no guest. */
export async function quiet(own: CrashSite, timeoutMs = 90_000): Promise<void> {
  await until(
    'all over',
    async () => ({
      jobs: (await own.jobs()).filter(({ left }) => !left).map(({ id, status }) => `${id} ${status}`),
      vms: await Promise.all(
        (await own.vms()).filter(({ status }) => status === 'RUNNING').map(({ vm }) => tale(own, vm)),
      ),
      servers: (await own.servers()).filter(({ deletedAt }) => deletedAt === null).map(({ name }) => name),
      guests: own.site.runner.guests().map(({ name }) => name),
    }),
    (left) => Object.values(left).every((list) => list.length === 0),
    timeoutMs,
  )
}

/** Where a VM is in its life, for the message when it does not end. */
async function tale(own: CrashSite, vm: string): Promise<string> {
  const { history } = await own.record(vm)
  return `${vm}: ${history.map(({ state, because }) => `${state} (${because})`).join(', ')}`
}

/** Ends in which no server need ever have been. */
const withoutServer = new Set([
  'CreateUnknown',
  'NameTaken',
  'QuotaExceeded',
  'CloudError',
  'ImageUnusable',
  'NoCapacity',
  'Retired',
])

/** What is wrong with the books once all is over: of the clouds, the hypervisors and the VMs' workflows. */
export async function breaches(own: CrashSite): Promise<string[]> {
  const [vms, servers] = await Promise.all([own.vms(), own.servers()])
  const inventories = await Promise.all(Object.values(own.site.clouds).map(({ admin }) => admin.inventory()))
  const found: string[] = []
  const byName = Map.groupBy(servers, ({ name }) => name)
  const known = new Set(vms.map(({ vm }) => vm))
  for (const [name, same] of byName) {
    if (same.length > 1) found.push(`${same.length} servers were made for ${name}`)
    if (!known.has(name)) found.push(`nobody meant to boot ${name}`)
  }
  for (const { name, status, deletedAt } of servers) if (deletedAt === null) found.push(`${name} is left, ${status}`)
  // one that was terminated goes on as another run
  const ended = new Set(vms.flatMap(({ vm, result }) => (result === undefined ? [] : [vm])))
  for (const { vm, status, result } of vms.filter((one) => one.status !== 'TERMINATED' || !ended.has(one.vm))) {
    if (result === undefined) found.push(`the workflow of ${vm} is ${status}`)
    else if (!vmReasons.includes(result.reason)) found.push(`${vm} ended because of ${result.reason}`)
    else if (!byName.has(vm) && !withoutServer.has(result.reason))
      found.push(`${vm} never had a server: ${result.reason}`)
  }
  for (const { name } of own.site.runner.guests()) found.push(`guest ${name} is left`)
  for (const { ports } of inventories) {
    for (const { id, orphan } of ports) if (orphan) found.push(`port ${id} is left`)
  }
  return found
}
