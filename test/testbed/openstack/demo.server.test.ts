import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect, isNotFound, loadCloudConfig, OpenStack } from 'openstack-ts'
import { expect, it } from 'vitest'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { runAs } from '#testbed/instance/account.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { type Instance, openInstance } from '#testbed/instance/instance.ts'
import { FrontConfigSchema } from '#testbed/openstack/front/config.ts'
import { readSiteRecord } from '#testbed/site/record.ts'
import { BATCH_PROJECT, IMAGE } from '#testbed/site/words.ts'
import { demo, type Figures, homeBelow, wholeRun } from '../site/demo-run.ts'
import { testHome, traces } from '../site/traces.ts'

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

/** The books of a region of a demo that was kept. */
function booksOf({ folder }: Instance, region: string): CloudAdmin {
  const text = readFileSync(join(folder, 'openstack', `front-${region}.json`), 'utf8')
  const { listen, adminToken } = FrontConfigSchema.parse(JSON.parse(text))
  return new CloudAdmin(`http://${listen}/admin`, adminToken)
}

it.skipIf(!possible)(
  'script/demo --openstack does the tutorial on two regions of a real OpenStack, whose servers are 404 afterwards',
  async () => {
    using home = testHome()
    const run = demo(home.path, '--openstack', '--keep', '--json', 'figures.json')
    const instance = openInstance(join(homeBelow(home.path), await run.says(/up: instance (\w+)/)))
    try {
      expect(await run.exitCode, run.output()).toBe(0)
      const figures: Figures = JSON.parse(readFileSync(join(home.path, 'figures.json'), 'utf8'))
      expect(figures).toEqual(wholeRun(figures, expect.any(Number)))
      expect(figures.vms.booted).toBeGreaterThanOrEqual(2)

      const up = readSiteRecord(instance.folder)?.up
      if (up === undefined) throw new Error('the demo kept no site')
      const doctor = await runAs(up.account, ['canfar-batch', 'doctor', '-o', 'json'], { env: up.environments.user })
      const checks: { items: { ok: unknown }[] } = JSON.parse(doctor.stdout)
      expect(checks.items.filter(({ ok }) => ok === false)).toEqual([])

      for (const [cloud, region] of [
        ['arbutus', 'RegionOne'],
        ['east', 'RegionTwo'],
      ] as const) {
        const books = booksOf(instance, region)
        const { images, ports } = await books.inventory()
        expect(ports).toEqual([])
        const members = [{ project: BATCH_PROJECT, status: 'accepted' }]
        expect(images).toEqual([expect.objectContaining({ name: IMAGE, visibility: 'shared', members })])
        // the first cloud has room for one: the second one was not even asked for
        const creates = (await books.requests()).filter(
          ({ method, path }) => method === 'POST' && path === '/compute/v2.1/servers',
        )
        const booted = figures.clouds.find(({ name }) => name === cloud)?.booted
        expect(creates.map(({ status }) => status)).toEqual(Array.from({ length: booted ?? 0 }, () => 202))

        const files = { clouds: join(instance.folder, 'site', 'clouds.yaml') }
        await using openstack = OpenStack.connect(loadCloudConfig({ cloud, env: {}, cwd: '/', files }))
        expect(await collect(openstack.compute.servers.list())).toEqual([])
        for (const { id } of await books.servers()) {
          await expect(openstack.compute.servers.show(id)).rejects.toSatisfy(isNotFound)
        }
      }
    } finally {
      const stop = demo(home.path, '--stop')
      expect(await stop.exitCode, stop.output()).toBe(0)
    }
    expect(traces(instance)).toEqual([])
  },
  600_000,
)
