import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cloudConfigFromEntry, collect, OpenStack } from 'openstack-ts'
import { siteSeed } from '#testbed/cloud/seed.ts'
import type { Daemon } from '#testbed/instance/daemon.ts'
import { createInstance, endInstance } from '#testbed/instance/instance.ts'
import { allProcesses, withDescendants } from '#testbed/instance/process-table.ts'
import { seedOpenStack } from '#testbed/openstack/seed/seed.ts'
import { type RunningOpenStack, startOpenStack } from '#testbed/openstack/start.ts'
import type { Bench, Measure } from '../../script/lib/measure.ts'

/** Servers of one run, so many of them asked for at once: as many as the product boots on a cloud side by side. */
const SERVERS = 20
const AT_ONCE = 10

/** A limit is looked for, also on a busy machine. */
const PATIENT = { timeouts: { headersMs: 600_000 } }

/** Clock ticks a second, in which Linux counts (`getconf CLK_TCK`; 100 on every architecture that we know). */
const TICKS = 100

interface Burst {
  /** From the first create call until all were ACTIVE, s. */
  boot: number
  /** From the first delete until all were gone, s. */
  gone: number
  /** CPU seconds that each service took while they booted. */
  cpu: ReadonlyMap<string, number>
}

const bench: Bench = {
  title: `how many boots a minute the real Nova here takes, and what each service has to do for one (${SERVERS} servers, ${AT_ONCE} at once)`,
  async measure({ runs, progress }): Promise<Measure[]> {
    const instance = await createInstance({ network: 'loopback' })
    try {
      const openstack = await startOpenStack(instance, { progress })
      const { prefix, address } = instance.network
      const seed = siteSeed({
        network: { cidr: `${prefix}.0/24`, gateway: address, pool: [`${prefix}.10`, `${prefix}.99`] },
        admin: { name: 'operator', password: 'operator-pw' },
        batch: { project: 'batch', user: 'batch', password: 'batch-pw' },
        users: [],
        images: [{ name: 'software', owner: 'batch', diskFormat: 'qcow2', size: 1 << 20, minDisk: 10 }],
      })
      await seedOpenStack(await openstack.admin(), seed)
      const auth = {
        auth_url: openstack.regions[0].authUrl,
        username: 'batch',
        password: 'batch-pw',
        user_domain_name: 'Default',
        project_name: 'batch',
        project_domain_name: 'Default',
      }
      await using cloud = OpenStack.connect(cloudConfigFromEntry('real', { auth, region_name: 'RegionOne' }))
      const bursts: Burst[] = []
      for (let run = 0; run < runs; run++) {
        const burst = await bootAndDelete(openstack, cloud)
        progress(`${burst.boot.toFixed(1)} s to boot, ${burst.gone.toFixed(1)} s to go`)
        bursts.push(burst)
      }
      return measures(bursts)
    } finally {
      await endInstance(instance)
    }
  },
}

async function bootAndDelete(openstack: RunningOpenStack, cloud: OpenStack): Promise<Burst> {
  const { servers } = cloud.compute
  const [image] = await cloud.image.images.findByName('software')
  const flavor = (await collect(cloud.compute.flavors.list())).find(({ name }) => name === 'c2-7.5gb-31')
  const before = cpuOf(openstack.daemons())
  const begin = performance.now()
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < SERVERS) {
      const name = `worker-${next++}`
      const order = { name, imageId: image?.id ?? '', flavorId: flavor?.id ?? '', userData: '#cloud-config\n' }
      await servers.create(order, PATIENT)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const active = (): Promise<string[]> =>
    collect(servers.list({}, PATIENT)).then((all) => all.flatMap(({ id, status }) => (status === 'ACTIVE' ? [id] : [])))
  // as often as the product looks
  while ((await active()).length < SERVERS) await sleep(1000)
  const booted = performance.now()
  const after = cpuOf(openstack.daemons())
  for (const id of await active()) await servers.delete(id, PATIENT)
  while ((await collect(servers.list({}, PATIENT))).length > 0) await sleep(1000)
  const cpu = new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]))
  return { boot: (booted - begin) / 1000, gone: (performance.now() - booted) / 1000, cpu }
}

/** CPU seconds of each daemon so far, with all below it. */
function cpuOf(daemons: readonly Daemon[]): Map<string, number> {
  const table = allProcesses()
  return new Map(
    daemons.map(({ name, process }) => {
      const ticks = withDescendants([process], table).map(({ pid }) => {
        // proc(5): utime and stime are fields 14 and 15, the twelfth and thirteenth after the command's name
        const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
        return Number(fields[11]) + Number(fields[12])
      })
      return [name, ticks.reduce((sum, one) => sum + one, 0) / TICKS]
    }),
  )
}

function measures(bursts: readonly Burst[]): Measure[] {
  const names = [...(bursts[0]?.cpu.keys() ?? [])]
  const cpuOfBoot = names
    .map((name) => ({
      name: `CPU of a boot: ${name.replace('openstack ', '')}`,
      unit: 's',
      values: bursts.map(({ cpu }) => (cpu.get(name) ?? 0) / SERVERS),
    }))
    .toSorted((a, b) => Math.max(...b.values) - Math.max(...a.values))
  const [busiest] = cpuOfBoot
  return [
    { name: 'boots a minute', unit: '1/min', values: bursts.map(({ boot }) => (60 * SERVERS) / boot) },
    { name: 'deletions a minute', unit: '1/min', values: bursts.map(({ gone }) => (60 * SERVERS) / gone) },
    {
      name: `limit by one core for the busiest (${busiest?.name.replace('CPU of a boot: ', '')})`,
      unit: '1/min',
      values: busiest?.values.map((seconds) => 60 / seconds) ?? [],
    },
    {
      name: 'limit by the CPU of all on two cores',
      unit: '1/min',
      values: bursts.map(({ cpu }) => (2 * 60 * SERVERS) / [...cpu.values()].reduce((sum, one) => sum + one, 0)),
    },
    ...cpuOfBoot,
  ]
}

export default bench
