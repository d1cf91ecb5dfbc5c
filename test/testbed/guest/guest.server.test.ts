import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { linkName, whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { runInGuest } from '#testbed/guest/run-in-guest.ts'
import { type GuestView, type Runner, startRunner } from '#testbed/guest/runner.ts'
import type { RunnerConfigInput } from '#testbed/guest/runner-config.ts'
import { readOptional } from '#testbed/guest/record.ts'
import { makeBridge } from '#testbed/instance/bridge.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { isRunning, processesWithVariable } from '#testbed/instance/process-table.ts'

const USER_DATA = `#cloud-config
users:
  - default
  - name: ada
    uid: 1500
write_files:
  - path: /usr/local/sbin/first-boot
    permissions: '0755'
    content: |
      #!/bin/sh
      id -u ada > /run/first-boot
      echo "starts $(grep -c . /var/log/starts 2>/dev/null)"
      date >> /var/log/starts
runcmd:
  - [/usr/local/sbin/first-boot]
`

const ID = '3d2ab0ac-8d5a-4f7c-9d1a-5f0e6a1b2c3d'

async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>, ms = 20_000): Promise<T> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) {
    const found = await find()
    if (found !== undefined && found !== false) return found
  }
  throw new Error(`waited ${ms} ms for ${what}`)
}

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

describe.skipIf(!possible)('a guest', () => {
  let instance: Instance
  let home: string
  let shared: string
  let config: RunnerConfigInput
  let runner: Runner
  let hypervisor: string
  const seconds: Record<string, number> = {}
  const log: string[] = []

  const serverFile = (id = ID): string => join(hypervisor, `${id}.json`)
  const guest = (): GuestView | undefined => runner.guests().find(({ id }) => id === ID)
  const runningGuest = (): Promise<GuestView> =>
    until('a running guest', () => (guest()?.running === true ? guest() : undefined))
  const inGuest = async (...argv: [string, ...string[]]): Promise<string> => {
    const first = (await runningGuest()).process
    if (first === undefined) throw new Error('no process')
    return (await runInGuest(first, argv)).stdout
  }
  const consoleText = (): string => readOptional(join(hypervisor, `${ID}.console`)) ?? ''
  const bootedTimes = (n: number): Promise<true> =>
    until(`boot ${n}`, () => consoleText().split('is up').length > n || undefined, 30_000)

  function writeServer(power: 'on' | 'off', id = ID, host = 9): void {
    const server = {
      id,
      name: `pool-arbutus-00ff00ff00ff00${id.slice(0, 2)}`,
      power,
      image: { id: 'image', name: 'software' },
      flavor: { name: 'c2-7.5gb-31', vcpus: 3, ramMb: 7500, diskGb: 20, ephemeralGb: 31 },
      address: addressIn(instance, host),
      userData: Buffer.from(USER_DATA).toString('base64'),
      metadata: { colour: 'blue' },
      keyName: 'mine',
      publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINotARealKeyButLongEnoughToLookLikeOne0 ada@home',
      cloud: 'arbutus',
    }
    writeFileSync(`${serverFile(id)}.new`, JSON.stringify(server))
    renameSync(`${serverFile(id)}.new`, serverFile(id))
  }

  function runnerProcess(): ChildProcess {
    const configFile = join(instance.folder, 'runner.json')
    writeFileSync(configFile, JSON.stringify(config))
    const program = join(import.meta.dirname, '../../../testbed/guest/runner.ts')
    return spawn(process.execPath, [program, '--config', configFile], { stdio: 'ignore' })
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'guest-test-'))
    // a guest has a /tmp of its own
    shared = mkdtempSync('/var/tmp/guest-test-')
    const image = await ensureGuestImage()
    instance = await createInstance({ home, network: 'bridge' })
    await makeBridge(instance)
    hypervisor = join(instance.folder, 'hypervisor')
    const { bridge, address } = instance.network
    config = {
      mode: 'guest',
      instanceFolder: instance.folder,
      stateFolder: join(instance.folder, 'guests'),
      hypervisorFolders: [hypervisor],
      image,
      bridge: { name: bridge ?? '', gateway: address, prefixLength: 24 },
      hosts: { [address]: ['central.pool.test'] },
      shares: [shared],
    }
    runner = await startRunner(config, (line) => log.push(line))
  }, 300_000)

  afterAll(async () => {
    await runner?.stop()
    if (instance !== undefined) await endInstance(instance)
    for (const folder of [home, shared]) rmSync(folder, { recursive: true, force: true })
    console.log(`guest: ${JSON.stringify(seconds)}\n${log.join('\n')}`)
  })

  it('boots from its user-data by the real cloud-init', async () => {
    const begun = performance.now()
    writeServer('on')
    await bootedTimes(1)
    seconds['boot'] = (performance.now() - begun) / 1000
    expect(await inGuest('cat', '/run/first-boot')).toBe('1500')
    expect(await inGuest('cloud-init', 'query', 'ds.meta_data.meta.colour')).toBe('blue')
    expect(await inGuest('cat', '/home/debian/.ssh/authorized_keys')).toContain('ada@home')
    expect(await inGuest('hostname')).toBe('pool-arbutus-00ff00ff00ff003d')
  })

  it('has the processors, memory, disk and network of its flavor', async () => {
    expect(await inGuest('sh', '-c', 'grep -c ^processor /proc/cpuinfo; condor_config_val NUM_CPUS')).toBe('3\n3')
    expect(await inGuest('sh', '-c', 'free -m | awk "/Mem/ {print \\$2}"; condor_config_val MEMORY')).toBe('7316\n7316')
    expect(await inGuest('findmnt', '--noheadings', '--output', 'SOURCE,FSTYPE,LABEL', '/mnt')).toMatch(
      /^\/dev\/vdb ext4 +ephemeral0$/,
    )
    expect(Number(await inGuest('sh', '-c', 'df --output=size -BG /mnt | tail -1 | tr -dc 0-9'))).toBeGreaterThan(28)
    expect(await inGuest('ip', '-o', '-4', 'address', 'show', 'eth0')).toContain(`${addressIn(instance, 9)}/24`)
    expect(await inGuest('getent', 'hosts', 'central.pool.test')).toContain(instance.network.address)
    // nothing listens there, but the guest itself says so
    const [error] = await once(connect(22, addressIn(instance, 9)), 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('has the folders that are shared with it, and nothing else of its host', async () => {
    const notes = join(shared, 'notes')
    writeFileSync(notes, 'from the host\n')
    await inGuest('sh', '-c', `echo "from $(hostname)" >> ${notes}`)
    expect(readOptional(notes)).toBe('from the host\nfrom pool-arbutus-00ff00ff00ff003d\n')
    expect(await inGuest('ls', dirname(shared))).toBe(basename(shared))
  })

  it('goes on when its runner is killed, and is found again and not booted twice', async () => {
    const before = await runningGuest()
    await runner.stop()
    const other = runnerProcess()
    await sleep(1_500)
    expect(other.exitCode).toBeNull()
    other.kill('SIGKILL')
    await once(other, 'exit')
    runner = await startRunner(config, (line) => log.push(line))
    const after = await runningGuest()
    expect(after.process).toEqual(before.process)
    expect(await inGuest('cat', '/var/log/starts')).not.toContain('\n')
  }, 30_000)

  it('is off when its first process ends, and the cloud is told', async () => {
    const first = (await runningGuest()).process
    await inGuest('poweroff')
    await until('the off file', () => existsSync(join(hypervisor, `${ID}.off`)) || undefined)
    expect(guest()).toMatchObject({ state: 'ended', running: false })
    expect(first === undefined || isRunning(first)).toBe(false)
    await sleep(1_200)
    expect(guest()?.running).toBe(false)
  })

  it('boots again, with its disk as it was, when the cloud has it off and on', async () => {
    writeServer('off')
    await until('the stop', () => guest()?.state === 'stopped' || undefined)
    expect(existsSync(join(hypervisor, `${ID}.off`))).toBe(false)
    writeServer('on')
    await bootedTimes(2)
    expect(await inGuest('cat', '/run/first-boot').catch(() => '')).toBe('')
    expect(await inGuest('cat', '/var/log/starts')).not.toBe('')
  }, 40_000)

  it('is stopped by the cloud without a report', async () => {
    writeServer('off')
    await until('the stop', () => guest()?.state === 'stopped' || undefined)
    expect(existsSync(join(hypervisor, `${ID}.off`))).toBe(false)
    writeServer('on')
    await bootedTimes(3)
  }, 40_000)

  it('is gone with its file: processes, network, disk and ledger', async () => {
    const { process: first, folder } = await runningGuest()
    const disk = realpathSync(join(folder, 'ephemeral0'))
    expect(statSync(join(hypervisor, `${ID}.console`)).ino).toBe(statSync(join(folder, 'console.log')).ino)
    const begun = performance.now()
    rmSync(serverFile())
    await until('the end', () => guest() === undefined || undefined)
    seconds['destroy'] = (performance.now() - begun) / 1000
    expect(first !== undefined && isRunning(first)).toBe(false)
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(join(shared, 'notes'))).toBe(true)
    expect(existsSync(join(hypervisor, `${ID}.console`))).toBe(false)
    expect(existsSync(`/sys/class/net/${linkName(ID)}`)).toBe(false)
    expect(execFileSync('losetup', ['--all']).toString()).not.toContain(disk)
    const listed = instance.ledger.read().entries.map(({ resource }) => resource)
    expect(listed.filter(({ kind }) => kind === 'process')).toEqual([])
    expect(listed).not.toContainEqual({ kind: 'link', name: linkName(ID) })
  })

  it.each([0, 15, 40, 80])('is booted once though its runner is killed %i ms into the boot', async (delay) => {
    await runner.stop()
    const id = ID.replace('3d', String(10 + delay))
    const folder = join(instance.folder, 'guests', id)
    const other = runnerProcess()
    writeServer('on', id, 20 + delay)
    await until('the boot to begin', () => existsSync(folder) || undefined)
    await sleep(delay)
    other.kill('SIGKILL')
    await once(other, 'exit')
    runner = await startRunner(config, (line) => log.push(line))
    const view = await until('the guest', () => runner.guests().find((each) => each.id === id && each.running))
    // its start runs other programs for a moment; then its name spaces' maker alone has that environment
    await sleep(500)
    expect(processesWithVariable('GUEST_FOLDER', folder)).toMatchObject([{ ...view.process }])
    rmSync(serverFile(id))
    await until('the end', () => !existsSync(folder) || undefined)
    expect(processesWithVariable('GUEST_FOLDER', folder)).toEqual([])
  })
})
