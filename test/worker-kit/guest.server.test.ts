import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serialiseSettings, siteSettings } from '#domain/worker/condor-settings.ts'
import { kitFrom } from '#domain/worker/kit.ts'
import { cloudConfig, encodeUserData, serialiseCloudConfig } from '#domain/worker/user-data.ts'
import { workerConfiguration } from '#domain/worker/worker-configuration.ts'
import { FAST } from '#testbed/condor/configuration.ts'
import { type Pool, startPool } from '#testbed/condor/pool.ts'
import { createToken } from '#testbed/condor/worker.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { runInGuest } from '#testbed/guest/run-in-guest.ts'
import { type Runner, startRunner } from '#testbed/guest/runner.ts'
import { tail } from '#testbed/instance/daemon.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'

// Our user-data in a guest: the real cloud-init writes the kit, the kit starts the real HTCondor.

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined
const kitFolder = join(import.meta.dirname, '../../worker-kit')
const kit = kitFrom((name) => readFileSync(join(kitFolder, name), 'utf8'))

const idOf = (number: number): string => `b0a1c2d3-0000-4000-8000-0000000000${number}`
const nameOf = (number: number): string => `test-arbutus-00000000000000${number}`

describe.skipIf(!possible)('a guest with our user-data', () => {
  let home: string
  let instance: Instance
  let pool: Pool
  let runner: Runner
  let hypervisor: string

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'kit-test-'))
    chmodSync(home, 0o755)
    const image = await ensureGuestImage()
    instance = await createInstance({ folder: join(home, 'instance'), home, network: 'bridge' })
    pool = await startPool(instance, { fast: true })
    hypervisor = join(instance.folder, 'hypervisor')
    const bridge = { name: instance.network.bridge ?? '', gateway: instance.network.address, prefixLength: 24 }
    const folders = { stateFolder: join(instance.folder, 'guests'), hypervisorFolders: [hypervisor] }
    runner = await startRunner({ mode: 'guest', image, bridge, instanceFolder: instance.folder, ...folders })
  })
  afterAll(async () => {
    await runner.stop()
    await endInstance(instance)
    rmSync(home, { recursive: true, force: true })
  })

  const folderOf = (number: number): string => runner.guests().find((guest) => guest.id === idOf(number))?.folder ?? ''

  async function boot(
    number: number,
    owner: { name: string; uid: number; gid: number },
    ephemeralGb: number,
    scratch: boolean,
  ): Promise<void> {
    const name = nameOf(number)
    const [host = '', port = ''] = pool.collector.split(':')
    const configuration = workerConfiguration(
      {
        host,
        port: Number(port),
        trustDomain: 'pool.test',
        uidDomain: 'pool.test',
        ports: { kind: 'shared', port: 9618 },
        ccb: false,
      },
      {
        name,
        cloud: 'arbutus',
        imageId: '0b2d',
        flavorId: 'c2',
        vmType: 'canfar:test',
        tenant: owner.name,
        owner: owner.name,
      },
      { drain: 3600_000, keepaliveCap: 10 },
      siteSettings(FAST),
    )
    const token = await createToken(pool, `${owner.name}.${name}@pool.test`)
    const config = cloudConfig({ owner, condorConfiguration: serialiseSettings(configuration), token, kit, scratch })
    const userData = Buffer.from(encodeUserData(serialiseCloudConfig(config), gzipSync)).toString('base64')
    const flavor = { name: 'c2', vcpus: 2, ramMb: 4000, diskGb: 20, ephemeralGb }
    const server = { id: idOf(number), name, power: 'on', flavor, address: addressIn(instance, number), userData }
    writeFileSync(join(hypervisor, `${server.id}.json`), JSON.stringify(server))
  }

  async function joined(number: number, ...fields: string[]): Promise<string> {
    for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
      const line = (
        await pool.tool('condor_status', ['-constraint', `VMName == "${nameOf(number)}"`, '-af:r', ...fields])
      ).trim()
      if (line !== '') return line
      if (Date.now() < deadline) continue
      const logs = ['console.log', 'upper/var/log/condor/MasterLog', 'upper/var/log/condor/StartLog']
      throw new Error(logs.map((log) => tail(join(folderOf(number), log), 40).join('\n')).join('\n\n'))
    }
  }

  async function inGuest(number: number, script: string): Promise<string> {
    const first = runner.guests().find((guest) => guest.id === idOf(number))?.process
    if (first === undefined) throw new Error(`guest ${number} does not run`)
    const { stdout, stderr } = await runInGuest(first, ['sh', '-c', script])
    return (stdout + stderr).trim()
  }

  test('joins the pool with its scratch disk and its owner, and is off when HTCondor is gone', async () => {
    await boot(21, { name: 'ada', uid: 20_777, gid: 20_778 }, 3, true)
    const begun = performance.now()
    expect(await joined(21, 'AuthenticatedIdentity', 'Cpus', 'Start', 'VMUnusable')).toBe(
      `"ada.${nameOf(21)}@pool.test" 2 (TARGET.Owner == "ada") && (TARGET.VMType =?= MY.VMType) && (MY.VMUnusable =?= undefined) undefined`,
    )
    console.log(`in the pool after ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    expect(await inGuest(21, 'condor_config_val EXECUTE; id ada; mountpoint /mnt; ls /etc/condor/tokens.d')).toBe(
      '/mnt/condor\nuid=20777(ada) gid=20778(ada) groups=20778(ada)\n/mnt is a mountpoint\ncanfar-batch',
    )
    // the watcher of the VM waits a minute, lest it take a restart for the end; this one beside it two seconds
    const watch = '/usr/local/libexec/canfar-batch/worker-watch'
    expect(await inGuest(21, 'pgrep -fc "[w]orker-watch ada /mnt/condor"')).toBe('1')
    await inGuest(21, `setsid ${watch} ada /mnt/condor 2 1 > /dev/null 2>&1 & sleep 4`)
    expect(existsSync(join(hypervisor, `${idOf(21)}.off`))).toBe(false)
    await inGuest(21, 'systemctl stop condor')
    for (const deadline = Date.now() + 20_000; !existsSync(join(hypervisor, `${idOf(21)}.off`)); await sleep(100)) {
      if (Date.now() > deadline) throw new Error(tail(join(folderOf(21), 'console.log'), 40).join('\n'))
    }
  })

  test('whose flavor has no scratch disk works on its root disk; an account number that is taken is no obstacle', async () => {
    await boot(22, { name: 'bob', uid: 0, gid: 0 }, 0, false)
    expect(await joined(22, 'VMUnusable')).toBe('undefined')
    expect(
      await inGuest(22, 'condor_config_val EXECUTE; id -u bob | grep -c "^0$"; getent passwd bob | cut -d: -f6'),
    ).toBe('/var/lib/condor/execute\n0\n/home/bob')
  })

  test('that lacks the scratch disk which its flavor promised says so and starts nothing', async () => {
    await boot(23, { name: 'eve', uid: 20_001, gid: 20_001 }, 0, true)
    expect(await joined(23, 'VMUnusable', 'Start')).toBe(
      '"no scratch disk: no disk with label ephemeral0 or blankpartition0 no free vdb sdb or xvdb" false',
    )
  })
})
