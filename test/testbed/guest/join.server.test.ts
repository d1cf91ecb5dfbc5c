import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Pool, startPool } from '#testbed/condor/pool.ts'
import { createToken } from '#testbed/condor/worker.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { addressOf } from '#testbed/guest/process-guest.ts'
import { type Runner, startRunner } from '#testbed/guest/runner.ts'
import { tail } from '#testbed/instance/daemon.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'

const NAME = 'pool-arbutus-0123456789abcdef'
const ID = 'b0a1c2d3-0000-4000-8000-00000000000a'

/** A worker's user-data as short as it can be: configuration, token, restart. */
function userData(pool: Pool, token: string): string {
  const config = [
    `CONDOR_HOST = ${pool.collector.split(':')[0]}`,
    `COLLECTOR_HOST = ${pool.collector}`,
    `TRUST_DOMAIN = ${pool.trustDomain}`,
    `UID_DOMAIN = ${pool.trustDomain}`,
    'DAEMON_LIST = MASTER, STARTD',
    'NO_DNS = True',
    'DEFAULT_DOMAIN_NAME = pool.test',
    `NETWORK_HOSTNAME = ${NAME}`,
    'SEC_DEFAULT_AUTHENTICATION_METHODS = IDTOKENS',
    'SEC_CLIENT_AUTHENTICATION_METHODS = IDTOKENS',
    'NUM_SLOTS_TYPE_1 = 1',
    'SLOT_TYPE_1 = 100%',
    'SLOT_TYPE_1_PARTITIONABLE = True',
    'START = TARGET.Owner == "ada"',
    'STARTD_CRON_SAY_EXECUTABLE = /usr/local/libexec/canfar/say',
    'STARTD_NOCLAIM_SHUTDOWN = 6',
    'MASTER.DAEMON_SHUTDOWN = STARTD_StartTime =?= 0',
    'RUNBENCHMARKS = False',
    'UPDATE_INTERVAL = 2',
    'MASTER_UPDATE_INTERVAL = 2',
  ].join('\n')
  return JSON.stringify({
    write_files: [
      { path: '/etc/condor/config.d/50-canfar-worker.conf', content: config },
      { path: '/etc/condor/tokens.d/canfar', content: token, permissions: '0600' },
      { path: '/usr/local/libexec/canfar/say', content: '#!/bin/sh\ntrue\n', permissions: '0755' },
      {
        path: '/usr/local/sbin/watch-master',
        content: '#!/bin/sh\nsleep 5\nwhile pgrep -x condor_master >/dev/null; do sleep 0.2; done\npoweroff\n',
        permissions: '0755',
      },
    ],
    runcmd: [['systemctl', 'restart', 'condor'], 'setsid /usr/local/sbin/watch-master </dev/null >/dev/null 2>&1 &'],
  })
}

const guests = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

describe.each([
  { mode: 'guest', network: 'bridge', possible: guests },
  { mode: 'process', network: 'loopback', possible: true },
  // beside real guests, in the pool that is on their bridge
  { mode: 'process', network: 'bridge', possible: mayMakeBridges() },
] as const)('a worker in mode $mode, its pool on a $network', ({ mode, network, possible }) => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  async function start(): Promise<{ instance: Instance; pool: Pool; runner: Runner; hypervisor: string }> {
    const home = mkdtempSync(join(tmpdir(), 'join-test-'))
    undo.push(() => rmSync(home, { recursive: true, force: true }))
    // HTCondor's daemons, which are not root's, go through it
    chmodSync(home, 0o755)
    const image = mode === 'guest' ? await ensureGuestImage() : ''
    const instance = await createInstance({
      folder: join(home, 'instance'),
      home,
      network,
    })
    undo.push(() => endInstance(instance))
    const pool = await startPool(instance, { fast: true })
    const hypervisor = join(instance.folder, 'hypervisor')
    const { bridge, address } = instance.network
    const common = {
      instanceFolder: instance.folder,
      stateFolder: join(instance.folder, 'guests'),
      hypervisorFolders: [hypervisor],
    }
    const runner = await startRunner(
      mode === 'guest'
        ? { mode, image, bridge: { name: bridge ?? '', gateway: address, prefixLength: 24 }, ...common }
        : { mode, ...common },
    )
    undo.push(() => runner.stop())
    return { instance, pool, runner, hypervisor }
  }

  it.skipIf(!possible)(
    'joins the pool with its configuration and hardware, and is off when HTCondor ends',
    async () => {
      const { instance, pool, runner, hypervisor } = await start()
      const token = await createToken(pool, `ada.${NAME}@${pool.trustDomain}`)
      const text = `#cloud-config\n${userData(pool, token)}`
      const server = {
        id: ID,
        name: NAME,
        power: 'on',
        flavor: { name: 'c4', vcpus: 4, ramMb: 8000, diskGb: 20, ephemeralGb: 10 },
        address: addressIn(instance, 7),
        userData: Buffer.from(text).toString('base64'),
      }
      const own = mode === 'guest' ? server.address : addressOf(server)
      const begun = performance.now()
      writeFileSync(join(hypervisor, `${ID}.json`), JSON.stringify(server))
      const ad = async (): Promise<string> =>
        (
          await pool.tool('condor_status', [
            '-af:r',
            'Machine',
            'AuthenticatedIdentity',
            'Cpus',
            'Memory',
            'Start',
            'MyAddress',
          ])
        ).trim()
      let line = ''
      while ((line = await ad()) === '' && performance.now() - begun < 8_000) await sleep(100)
      const seconds = (performance.now() - begun) / 1000
      const folder = runner.guests()[0]?.folder ?? ''
      if (line === '') {
        const logs = [
          'console.log',
          'upper/var/log/condor/MasterLog',
          'upper/var/log/condor/StartLog',
          'condor/log/StartLog',
        ]
        throw new Error(
          logs.map((name) => tail(join(folder, name), 40).join('\n')).join('\n\n') +
            tail(join(pool.logDir, 'CollectorLog'), 20).join('\n'),
        )
      }
      console.log(`${mode}: in the pool ${seconds.toFixed(1)} s after the server file`)
      expect(line).toContain(`"${NAME}.pool.test" "ada.${NAME}@pool.test" 4 7808 TARGET.Owner == "ada" "<${own}:`)
      // nobody claims it, so its dead-man's switch ends HTCondor and with it the machine
      const deadline = Date.now() + 40_000
      while (!existsSync(join(hypervisor, `${ID}.off`)) && Date.now() < deadline) await sleep(100)
      expect(runner.guests()).toMatchObject([{ state: 'ended', running: false }])
    },
  )
})
