import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { collect, OpenStack, cloudConfigFromEntry, waitForServer, waitForServerGone } from 'openstack-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { siteSeed } from '#testbed/cloud/seed.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { runInGuest } from '#testbed/guest/run-in-guest.ts'
import { type GuestView, type Runner, startRunner } from '#testbed/guest/runner.ts'
import { makeBridge } from '#testbed/instance/bridge.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { seedOpenStack } from '#testbed/openstack/seed/seed.ts'
import { type RunningOpenStack, type RunningRegion, startOpenStack } from '#testbed/openstack/start.ts'
import { traces } from '../site/traces.ts'

const WAIT = { deadlineMs: 60_000 }

const USER_DATA = `#cloud-config
write_files:
  - path: /run/told
    content: by Nova
`

async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const found = await find()
    if (found !== undefined) return found
  }
  throw new Error(`waited for ${what}`)
}

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

describe.skipIf(!possible)("guests of a real Nova's servers", () => {
  let instance: Instance
  let openstack: RunningOpenStack
  let region: RunningRegion
  let runner: Runner
  let cloud: OpenStack

  beforeAll(async () => {
    const image = await ensureGuestImage()
    instance = await createInstance({ network: 'bridge' })
    openstack = await startOpenStack(instance, { progress: console.log })
    ;[region] = openstack.regions
    const { prefix, address, bridge } = instance.network
    const seed = siteSeed({
      network: { cidr: `${prefix}.0/24`, gateway: address, pool: [`${prefix}.10`, `${prefix}.99`] },
      admin: { name: 'operator', password: 'operator-pw' },
      batch: { project: 'batch', user: 'batch', password: 'batch-pw' },
      users: [],
      images: [{ name: 'software', owner: 'batch', diskFormat: 'qcow2', size: 1 << 20, minDisk: 10 }],
    })
    await seedOpenStack(await openstack.admin(), seed)
    const auth = {
      auth_url: region.authUrl,
      username: 'batch',
      password: 'batch-pw',
      user_domain_name: 'Default',
      project_name: 'batch',
      project_domain_name: 'Default',
    }
    cloud = OpenStack.connect(cloudConfigFromEntry('real', { auth, region_name: 'RegionOne' }))
    await makeBridge(instance)
    runner = await startRunner({
      mode: 'guest',
      instanceFolder: instance.folder,
      stateFolder: join(instance.folder, 'guests'),
      hypervisorFolders: [region.hypervisorFolder],
      image,
      bridge: { name: bridge ?? '', gateway: address, prefixLength: 24 },
    })
  })

  afterAll(async () => {
    await cloud?.close()
    await runner?.stop()
    if (instance === undefined) return
    expect((await endInstance(instance)).failed).toEqual([])
    expect(traces(instance)).toEqual([])
  })

  const guestOf = (id: string): GuestView | undefined => runner.guests().find((guest) => guest.id === id)
  const inGuest = async (id: string, ...argv: [string, ...string[]]): Promise<string> => {
    const first = await until('a running guest', () =>
      guestOf(id)?.running === true ? guestOf(id)?.process : undefined,
    )
    return (await runInGuest(first, argv)).stdout
  }
  const booted = (id: string, times: number): Promise<string> =>
    until(`boot ${times}`, async () => {
      const text = await cloud.compute.consoles.log(id)
      return text.split('is up').length > times ? text : undefined
    })

  it('live as their servers do: booted by their user-data, SHUTOFF when they power off, started again, gone', async () => {
    const [image] = await cloud.image.images.findByName('software')
    const flavor = (await collect(cloud.compute.flavors.list())).find(({ name }) => name === 'c2-7.5gb-31')
    const { servers, actions } = cloud.compute
    const order = { name: 'worker-7', imageId: image?.id ?? '', flavorId: flavor?.id ?? '', userData: USER_DATA }
    const { id } = await servers.create(order)
    const server = await waitForServer(servers, id, 'ACTIVE', WAIT)
    await booted(id, 1)
    expect(await inGuest(id, 'cat', '/run/told')).toBe('by Nova')
    expect(await inGuest(id, 'hostname')).toBe('worker-7')
    expect(await inGuest(id, 'ip', '-o', '-4', 'address', 'show', 'eth0')).toContain(server.addresses[0]?.address)

    await inGuest(id, 'poweroff')
    await waitForServer(servers, id, 'SHUTOFF', WAIT)
    expect(guestOf(id)?.running).toBe(false)

    await actions.start(id)
    await waitForServer(servers, id, 'ACTIVE', WAIT)
    await booted(id, 2)

    await servers.delete(id)
    await waitForServerGone(servers, id, WAIT)
    await until('the end of the guest', () => (guestOf(id) === undefined ? true : undefined))
  })
})
