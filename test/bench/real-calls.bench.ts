import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestEntry } from '#testbed/front/request-log.ts'
import { startCrashSite, until } from '../e2e/crash-site.ts'
import type { Bench, Measure } from '../../script/lib/measure.ts'

/** VMs that live at the same time. */
const VMS = 4

/** What one look at a cloud asks, however many VMs there are, and what is asked of the whole cloud now and then. */
const SHARED = [
  /^GET \/compute\/v2\.1\/servers\/detail$/,
  /^GET \/compute\/v2\.1\/(limits|flavors\/detail|)$/,
  /^GET \/network\/v2\.0\/ports$/,
  /^\w+ \/identity\//,
  /^\w+ \/image\//,
]

const bench: Bench = {
  title: `calls to each service in a worker VM's life on a real OpenStack, beside the looks at all of them (${VMS} VMs)`,
  async measure({ runs, progress }): Promise<Measure[]> {
    await using own = await startCrashSite({ keepalive: '2s', realClouds: [{ name: 'arbutus' }], progress })
    const cloud = own.site.clouds['arbutus']?.admin
    if (cloud === undefined) throw new Error('the site has no cloud')
    const lives: Map<string, number>[] = []
    for (let run = 0; run < runs; run++) {
      const gate = join(own.site.account.home, `gate-${run}`)
      const last = (await cloud.requests()).at(-1)?.n ?? 0
      await own.submit(`calls-${run}.sub`, { jobs: VMS, until: gate })
      await until(
        'all jobs running',
        () => own.jobs(),
        (jobs) => jobs.filter(({ status }) => status === 2).length === VMS,
        600_000,
      )
      writeFileSync(gate, '')
      await until(
        'all VMs gone',
        () => own.vms(),
        (vms) => vms.every(({ status }) => status === 'COMPLETED'),
        600_000,
      )
      const vms = (await cloud.servers()).length - lives.length * VMS
      if (vms !== VMS) throw new Error(`${vms} VMs were booted for ${VMS} jobs`)
      const calls = (await cloud.requests(last)).filter((entry) => entry.user === 'canfar-batch' && !isShared(entry))
      const counts = Map.groupBy(calls, kindOf)
      for (const [kind, all] of counts) progress(`${all.length / VMS} ${kind}`)
      lives.push(
        new Map([...Map.groupBy(calls, ({ service }) => service)].map(([service, all]) => [service, all.length / VMS])),
      )
    }
    return ['compute', 'network', 'image'].map((service) => ({
      name: `calls of a VM to ${service}`,
      unit: 'calls',
      goal: 5,
      values: lives.map((life) => life.get(service) ?? 0),
    }))
  },
}

const isShared = ({ method, path }: RequestEntry): boolean => SHARED.some((known) => known.test(`${method} ${path}`))

/** Without ids and names. */
const kindOf = ({ method, path, status }: RequestEntry): string =>
  `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replaceAll(/canfar-\w+-[0-9a-f]{16}/g, 'NAME')} → ${status}`

export default bench
