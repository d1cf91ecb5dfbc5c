import { join } from 'node:path'
import { expect } from 'vitest'
import { loadCloudConfig, OpenStack, type Server } from 'openstack-ts'
import { cleanupType, type CleanupInput, type CleanupReport } from '#contract/cleanup.ts'
import { cleanupStart } from '#contract/starts.ts'
import { controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { until, type TestSite } from './support.ts'

/** What tests of the cleanup ask of the cloud `east`. */
export interface Cleaning {
  east: CloudAdmin
  batch: OpenStack
  /** One pass, at once. */
  clean(more?: Partial<CleanupInput>): Promise<CleanupReport>
  /** Passes until its server is removed: one that runs is waited for until it has joined the pool and can be drained. Gives how. */
  removed(name: string): Promise<string>
  living(name: string): Promise<ServerRecord[]>
  /** A server of the batch project that looks more or less like a VM of ours. */
  plant(name: string, changes?: { metadata?: Record<string, string> }): Promise<Pick<Server, 'id'>>
  close(): Promise<void>
}

export function cleaningOn(world: TestSite): Cleaning {
  const { site, config, client } = world
  const east = site.clouds['east']?.admin
  if (east === undefined) throw new Error('the site has no cloud east')
  const clouds = join(site.instance.folder, 'site', 'clouds.yaml')
  const entry = loadCloudConfig({ cloud: 'east', env: {}, cwd: '/', files: { clouds } })
  const batch = OpenStack.connect(entry, { retry: {} })
  let passes = 0
  const clean: Cleaning['clean'] = async (more = {}) => {
    const input: CleanupInput = { pool: config.pool, cloud: 'east', by: 'test', confirmMs: 300, ...more }
    const handle = await client.workflow.start(cleanupType, cleanupStart(input, `test-${passes++}`))
    return (await handle.result()) as CleanupReport
  }
  const living: Cleaning['living'] = async (name) =>
    (await east.servers()).filter((server) => server.name === name && server.deletedAt === null)
  return {
    east,
    batch,
    clean,
    removed: async (name) => {
      const pass = async () => {
        const report = await clean()
        return deedsOn(report, name)[0] === 'remove going-on' ? undefined : report
      }
      const done = await until(`${name} to be removed`, pass, 45_000)
      expect(deedsOn(done, name)).toEqual(['remove done'])
      expect(await living(name)).toEqual([])
      return done.deeds.find(({ finding }) => finding.vm === name)?.note ?? ''
    },
    living,
    plant: async (name, { metadata = {} } = {}) => {
      const order = await world.order('east')
      return batch.compute.servers.create({
        name,
        flavorId: order.flavor.id,
        imageId: order.image.id,
        networks: 'auto',
        metadata: { [controlPlaneKey]: config.controlPlane, [tenantKey]: order.tenant, ...metadata },
      })
    },
    close: () => batch.close(),
  }
}

/** What a pass did about one VM: kind and outcome. */
export const deedsOn = ({ deeds }: CleanupReport, vm: string): string[] =>
  deeds.flatMap(({ finding, outcome }) => (finding.vm === vm ? [`${finding.kind} ${outcome}`] : []))
