import { describe, expect, test } from 'vitest'
import type { TrialBoot } from '#api/types.ts'
import { isVmName } from '#domain/cleanup/compare.ts'
import { checkKey, controlPlaneKey, tenantKey } from '#domain/vm/ownership.ts'
import { using, type Defect } from './checked-cloud.ts'
import { boots, nothing, remains } from './trial-remains.ts'

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
})
