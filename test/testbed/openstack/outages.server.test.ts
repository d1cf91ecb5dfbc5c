import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { until } from '../../e2e/crash-site.ts'
import { type AuditedSite, startAuditedSite } from './audited-site.ts'

/** How long Keystone, and then MariaDB, are away at least, s. An outage of minutes: CANFAR_OUTAGE_S=300. */
const OUTAGE_S = Number(process.env['CANFAR_OUTAGE_S'] ?? 8)

/** A busy machine may take so long for a boot, ms. */
const LONG = 300_000

const creates = { service: 'compute', method: 'POST', pathRegex: String.raw`^/compute/v2\.1/servers$` } as const

const failures = async ({ cloud }: AuditedSite, since: number): Promise<number> =>
  (await cloud.requests(since)).filter(({ status }) => (status ?? 0) >= 500).length

/** Until the product has been told more than once that it does not work. */
const felt = (site: AuditedSite, what: string, since: number): Promise<number> =>
  until(
    `${what} being missed`,
    () => failures(site, since),
    (count) => count >= 3,
  )

const lastOf = async ({ cloud }: AuditedSite): Promise<number> => (await cloud.requests()).at(-1)?.n ?? 0

/** A service that all others need is away while a job runs, while VMs boot, and while more jobs are entered. */
async function away(site: AuditedSite, name: 'keystone' | 'mariadb'): Promise<void> {
  await site.submit(`before-${name}.sub`, 2, 5)
  await until(
    'a job that runs',
    () => site.own.jobs(),
    (jobs) => jobs.some(({ status, left }) => status === 2 && !left),
  )
  const service = site.openstack.part(name)
  const since = await lastOf(site)
  await service.stop()
  site.journal.write({ what: 'note', kind: `${name} away` })
  const entered = site.submit(`without-${name}.sub`, 2, 2)
  await Promise.all([sleep(OUTAGE_S * 1000), felt(site, name, since)])
  await service.start()
  site.journal.write({ what: 'note', kind: `${name} back` })
  await entered
}

/** Nova ends in the middle of a boot, beside a VM that runs. */
async function novaRestarted(site: AuditedSite): Promise<string> {
  const { cloud, openstack } = site
  await cloud.addFault({ match: creates, effect: { kind: 'stuck-building' } })
  const entered = site.submit('mid-boot.sub', 2, 2)
  const servers = await until(
    'a boot on its host',
    () => cloud.servers(),
    (all) => all.some(({ stuck, host }) => stuck && host !== null),
    LONG,
  )
  const building = servers.find(({ stuck }) => stuck)?.name ?? ''
  const nova = openstack.part('nova RegionOne')
  const since = await lastOf(site)
  await nova.kill()
  site.journal.write({ what: 'note', kind: 'nova killed', target: `vm/${building}` })
  await cloud.release(building)
  await felt(site, 'nova', since)
  await nova.start()
  site.journal.write({ what: 'note', kind: 'nova back' })
  await entered
  return building
}

it.skipIf(!mayMakeBridges())(
  'Keystone and MariaDB away for a while, then Nova restarted mid-boot: no VM is left or booted twice, no job is lost',
  async () => {
    await using site = await startAuditedSite('outages')
    await away(site, 'keystone')
    await away(site, 'mariadb')
    // last: what Nova left half done when its database went, it takes up at its start
    const building = await novaRestarted(site)
    expect(await site.breaches()).toEqual([])
    const struck = (await site.cloud.servers()).filter(({ name }) => name === building)
    expect(struck).toEqual([expect.objectContaining({ activeAt: null, status: 'DELETED' })])
  },
  900_000 + 2 * OUTAGE_S * 1000,
)
