import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { cloudConfigFromEntry, collect, OpenStack } from 'openstack-ts'
import { expect, it } from 'vitest'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { type Observation, observe } from '#testbed/site/demo/observe.ts'
import { prepareTutorial } from '#testbed/site/demo/tutorial-run.ts'
import { startSite } from '#testbed/site/site.ts'
import { FLAVOR, IMAGE, SUBMIT_FILE } from '#testbed/site/words.ts'
import { checkOutputs } from '#testbed/site/demo/outputs.ts'
import { testHome, traces } from '../site/traces.ts'

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

it.skipIf(!possible)(
  'the tutorial is done on a real OpenStack, whose servers are gone afterwards',
  async () => {
    using home = testHome()
    const site = await startSite({
      fast: true,
      keepalive: '5s',
      realClouds: [{ name: 'arbutus' }],
      home: home.path,
      progress: console.log,
    })
    const until = async (what: string, holds: (seen: Observation) => boolean): Promise<Observation> => {
      for (const deadline = Date.now() + 240_000; ; await sleep(500)) {
        const seen = await observe(site)
        if (holds(seen)) return seen
        if (Date.now() > deadline) throw new Error(`waited for ${what}: ${JSON.stringify(seen)}`)
      }
    }
    try {
      const doctor = await site.cli(['doctor', '-o', 'json'])
      const checks: { items: { name: string; ok: unknown; detail: string }[] } = JSON.parse(doctor.stdout)
      expect(checks.items.filter((check) => check.ok === false)).toEqual([])
      const tutorial = await prepareTutorial(site)
      const submitted = await site.cli(['submit', SUBMIT_FILE, IMAGE, FLAVOR], { cwd: tutorial.folder })
      expect(submitted).toMatchObject({ exitCode: 0 })
      await until('the end of all jobs', ({ queue, history }) => queue.length === 0 && history.length > 0)
      const outputs = checkOutputs(tutorial, site.account)
      expect(outputs.flatMap(({ problem }) => problem ?? [])).toEqual([])
      for (const { starsFound, starsPlaced } of outputs) expect(starsFound).toBeGreaterThan(0.9 * starsPlaced)
      await until('the end of all guests', ({ guests }) => guests.length === 0)
      const real = site.realClouds['arbutus']
      if (real === undefined) throw new Error('the site has no such cloud')
      const auth = {
        auth_url: real.authUrl,
        application_credential_id: real.batch.id,
        application_credential_secret: real.batch.secret,
      }
      const entry = { auth_type: 'v3applicationcredential', auth, region_name: real.region }
      await using cloud = OpenStack.connect(cloudConfigFromEntry('arbutus', entry))
      await expect.poll(() => collect(cloud.compute.servers.list()), { timeout: 60_000 }).toEqual([])
      expect(await collect(cloud.network.ports.list())).toEqual([])
    } finally {
      expect((await site.stop()).failed).toEqual([])
    }
    expect(traces(site.instance)).toEqual([])
  },
  600_000,
)
