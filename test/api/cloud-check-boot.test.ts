import { existsSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { Check, TrialBoot } from '#api/types.ts'
import { isVmName } from '#domain/cleanup/compare.ts'
import { checkKey, controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import { checkedCloud, type CheckedCloud, type Defect } from './checked-cloud.ts'

async function using<T>(defect: Defect, work: (own: CheckedCloud) => Promise<T>): Promise<T> {
  const own = await checkedCloud(defect)
  try {
    return await work(own)
  } finally {
    await own.stop()
  }
}

const boots = (checks: Map<string, Check>) =>
  Object.fromEntries(
    [...checks.values()].filter(({ name }) => /^(boot|left)/.test(name)).map(({ name, ok }) => [name, ok]),
  )

/** What is on the cloud, and what the records say that there may be. */
async function remains({ cloud, folder }: CheckedCloud) {
  const servers = (await cloud.admin.servers()).filter(({ status }) => status !== 'DELETED')
  const { ports, volumes } = await cloud.admin.inventory()
  const records = join(folder, '.local/state/canfar-batch/cloud-checks')
  return {
    servers: servers.length,
    ports: ports.length,
    volumes: volumes.length,
    records: existsSync(records) ? readdirSync(records).length : 0,
  }
}

const nothing = { servers: 0, ports: 0, volumes: 0, records: 0 }
const creates = { service: 'compute', method: 'POST', pathRegex: '/servers$' } as const
const slow = { cloud: { timings: { buildMs: 60_000, deleteMs: 50, volumeMs: 50 } } }

describe.concurrent('the server of a cloud check', () => {
  test('is booted as worker VMs are, marked as ours and as a check’s, and is gone with all that hung on it', async () => {
    const defect: Defect = {
      policy: { network: 'private', securityGroups: ['default'], availabilityZone: 'nova', configDrive: true },
    }
    await using(defect, async (own) => {
      const checks = await own.checks({})
      expect(boots(checks)).toEqual({
        boot: true,
        'boot: active': true,
        'boot: address': true,
        'boot: as asked': true,
        'boot: deleted': true,
      })
      expect(checks.get('boot: active')?.detail).toMatch(/^after \d+ s of at most 900 s$/)
      expect(checks.get('boot: address')?.detail).toMatch(/^10\.9\.0\.\d+ in private$/)
      const servers = await own.cloud.admin.servers()
      expect(servers).toHaveLength(1)
      const [server] = servers
      expect(isVmName(server?.name ?? '', 'canfar', 'arbutus')).toBe(true)
      expect(server?.metadata).toEqual({
        [controlPlaneKey]: 'the-test',
        [tenantKey]: 'ops',
        [checkKey]: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is of the image and flavor that are named', async () => {
    await using({}, async (own) => {
      const checks = await own.checks({ image: 'open', flavor: 'c2-7.5gb-31' })
      expect(checks.get('boot')?.detail).toMatch(/ of open and c2-7\.5gb-31$/)
      expect(boots(checks)).toMatchObject({ 'boot: as asked': true, 'boot: deleted': true })
    })
  })

  test.each<[TrialBoot, string]>([
    [{ image: 'missing' }, 'there is no image "missing"'],
    [{ flavor: 'c99' }, 'there is no flavor "c99"'],
  ])('is not asked for if there is no %o', async (boot, detail) => {
    await using({}, async (own) => {
      const checks = await own.checks(boot)
      expect(checks.get('boot')).toMatchObject({ ok: false, detail: expect.stringContaining(detail) })
      expect(await own.cloud.admin.servers()).toEqual([])
    })
  })

  test('is not asked for while anything else fails', async () => {
    await using({ policy: { keyName: 'ops' } }, async (own) => {
      expect((await own.checks({})).get('boot')).toMatchObject({
        ok: 'skipped',
        detail: expect.stringMatching(/^key failed/),
      })
      expect(await own.cloud.admin.servers()).toEqual([])
    })
  })

  test('can be booted and deleted with access rules that allow only what the worker process asks', async () => {
    const compute = '/compute/v2.1'
    const calls = [
      ['compute', 'GET', `${compute}/servers/detail`],
      ['compute', 'GET', `${compute}/servers/{id}`],
      ['compute', 'POST', `${compute}/servers`],
      ['compute', 'DELETE', `${compute}/servers/{id}`],
      ['compute', 'POST', `${compute}/servers/{id}/action`],
      ['compute', 'GET', `${compute}/flavors/detail`],
      ['compute', 'GET', `${compute}/limits`],
      ['image', 'GET', '/image/v2/images'],
      ['image', 'GET', '/image/v2/images/{id}'],
      ['image', 'GET', '/image/v2/images/{id}/members/{project}'],
      ['image', 'PUT', '/image/v2/images/{id}/members/{project}'],
      ['network', 'GET', '/network/v2.0/networks'],
      ['network', 'GET', '/network/v2.0/ports'],
      ['network', 'DELETE', '/network/v2.0/ports/{id}'],
      ['network', 'GET', '/network/v2.0/floatingips'],
      ['network', 'DELETE', '/network/v2.0/floatingips/{id}'],
    ] as const
    const accessRules = calls.map(([service, method, path]) => ({ service, method, path }))
    const defect: Defect = { credential: { accessRules }, policy: { network: 'private', securityGroups: ['default'] } }
    await using(defect, async (own) => {
      const checks = await own.checks({})
      expect(checks.get('access rules')).toMatchObject({ ok: true })
      expect(checks.get('security groups')).toMatchObject({ ok: 'skipped', detail: expect.stringContaining('rules') })
      expect(Object.values(boots(checks))).toEqual([true, true, true, true, true])
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('boots from a volume where flavors have no disk, and that goes too', async () => {
    const defect: Defect = {
      policy: { bootVolume: { sizeGb: 7 } },
      seed: (seed) => void (seed.flavors = [{ name: 'v1', vcpus: 1, ramMb: 1000, diskGb: 0 }]),
    }
    await using(defect, async (own) => {
      const checks = await own.checks({})
      expect(checks.get('quota')?.detail).toContain('with a volume of 7 GB')
      expect(boots(checks)).toMatchObject({ 'boot: as asked': true, 'boot: deleted': true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('whose volume is left by the cloud is cleared of it', async () => {
    const defect: Defect = {
      policy: { bootVolume: {} },
      seed: (seed) => void (seed.flavors = [{ name: 'v1', vcpus: 1, ramMb: 1000, diskGb: 0 }]),
    }
    await using(defect, async (own) => {
      await own.cloud.admin.addFault({ match: { service: 'compute' }, effect: { kind: 'keep-volumes' }, times: null })
      expect(boots(await own.checks({}))).toMatchObject({ 'boot: active': true, 'boot: deleted': true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('whose port is left by the cloud is cleared of it', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: { service: 'compute' }, effect: { kind: 'keep-ports' }, times: null })
      expect(boots(await own.checks({}))).toMatchObject({ 'boot: active': true, 'boot: deleted': true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted also if the answer to its creation was lost', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'act-then-drop' } })
      const checks = await own.checks({})
      expect(boots(checks)).toEqual({ boot: false, 'boot: deleted': true })
      expect(checks.get('boot')?.next).toContain('deleted if it appears')
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that comes late, after its answer was lost, is deleted as well', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'drop-then-act-late', ms: 1000 } })
      expect(boots(await own.checks({}))).toEqual({ boot: false, 'boot: deleted': true })
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that never comes stays on record until it cannot come any more', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'drop' } })
      const checks = await own.checks({})
      expect(boots(checks)).toEqual({ boot: false, 'boot: deleted': 'warn' })
      expect(await remains(own)).toEqual({ ...nothing, records: 1 })
      expect(boots(await own.checks())).toEqual({})
    })
  })

  test.each([
    ['goes to ERROR', { kind: 'build-error', text: 'libvirt is away' }, 'boot: active', 'libvirt is away'],
    ['finds no host', { kind: 'no-capacity' }, 'boot: active', 'No valid host'],
    ['is refused', { kind: 'status', status: 403, message: 'Policy says no' }, 'boot', 'Policy says no'],
  ] as const)('that %s is deleted, and its fault told', async (_how, effect, name, detail) => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect })
      const checks = await own.checks({})
      expect(checks.get(name)).toMatchObject({
        ok: false,
        detail: expect.stringContaining(detail),
        next: expect.any(String),
      })
      expect(checks.get('boot: deleted')).toMatchObject({ ok: true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that takes longer than a VM may is deleted', async () => {
    await using({ ...slow, config: { deadlines: { building: '1s' } } }, async (own) => {
      const checks = await own.checks({})
      expect(checks.get('boot: active')).toMatchObject({
        ok: false,
        detail: expect.stringContaining('after 1000 ms; last seen: BUILD'),
      })
      expect(checks.get('boot: deleted')).toMatchObject({ ok: true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted if nobody wants to wait for it any more', async () => {
    await using(slow, async (own) => {
      const ending = new AbortController()
      const checks = new Map<string, Check>()
      for await (const check of own.check({}, ending.signal)) {
        checks.set(check.name, check)
        if (check.name === 'boot') ending.abort('SIGINT')
      }
      expect(boots(checks)).toEqual({ boot: true, 'boot: active': false, 'boot: deleted': true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted before the command ends that got a Ctrl-C', async () => {
    await using({ ...slow, config: { operators: [userInfo().username] } }, async (own) => {
      const command = join(import.meta.dirname, '..', '..', 'bin', 'canfar-batch')
      const argv = ['cloud', 'check', 'arb', '--boot', '--config', join(own.folder, 'config.yaml')]
      const env = { XDG_STATE_HOME: join(own.folder, '.local', 'state') }
      const running = execa(command, argv, { env, reject: false })
      for await (const line of createInterface({ input: running.stdout })) {
        if (/^ok +boot /.test(line)) running.kill('SIGINT')
      }
      const { exitCode, stderr } = await running
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('boot: active') })
      expect(await own.cloud.admin.servers()).toMatchObject([{ status: 'DELETED' }])
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted if nobody looks at the checks any more', async () => {
    await using(slow, async (own) => {
      for await (const { name } of own.check({})) if (name === 'boot') break
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('of a check that was killed is told by the next one, and deleted by the next that boots', async () => {
    await using(slow, async (own) => {
      const { folder } = own
      const killed = execa(
        'node',
        [join(import.meta.dirname, 'cloud-check-process.ts'), join(folder, 'config.yaml'), folder],
        {
          reject: false,
        },
      )
      for await (const line of createInterface({ input: killed.stdout })) {
        if (line === 'boot') killed.kill('SIGKILL')
      }
      expect((await killed).signal).toBe('SIGKILL')
      const [left] = await own.cloud.admin.servers()
      expect(await remains(own)).toMatchObject({ servers: 1, records: 1 })

      const next = await own.checks()
      expect(next.get('left over')).toMatchObject({
        ok: false,
        detail: `server ${left?.id}, ${left?.name}, of a check that was killed`,
        next: expect.stringContaining('--boot deletes it'),
      })
      await own.cloud.admin.setTimings({ buildMs: 50 })
      expect(boots(await own.checks({}))).toMatchObject({
        'left over': true,
        'boot: active': true,
        'boot: deleted': true,
      })
      expect(await own.cloud.admin.servers()).toHaveLength(2)
      expect(await remains(own)).toEqual(nothing)
    })
  })
})
