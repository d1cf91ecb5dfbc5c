import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { named, using, type Defect } from './checked-cloud.ts'

// The whole check against a cloud that has just one thing wrong. Each waits for a Temporal that is not there: side by side.

const found = (defect: Defect) => using(defect, (own) => own.checks())
const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString()
const all = (service: string, path: string) =>
  ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({ service, method, path }))
const rules = [
  ...all('compute', '/compute/v2.1/**'),
  ...all('image', '/image/v2/**'),
  ...all('network', '/network/v2.0/**'),
]

describe.concurrent('a cloud check', () => {
  test('finds nothing wrong with a cloud that is fit, and changes nothing there', async () => {
    await using(
      { policy: { network: 'private', securityGroups: ['default'] }, cloud: { placement: true } },
      async (own) => {
        const checks = await own.checks()
        expect([...checks.values()].filter(({ ok }) => ok !== true && ok !== 'skipped')).toEqual([])
        expect(named(checks, 'skipped')).toEqual([
          'rotation owner',
          'access rules',
          'key',
          'availability zone',
          'server group',
        ])
        expect([...checks.values()].filter(({ next }) => next !== undefined)).toEqual([])
        expect(checks.get('clouds.yaml')?.detail).toBe(`${own.folder}/clouds.yaml: arbutus`)
        expect(checks.get('batch project')?.detail).toContain('not compared with that of running VMs: Temporal at')
        expect(checks.get('placement endpoint')?.detail).toBe(`${own.cloud.url}/placement`)
        expect(checks.get('quota')?.detail).toContain('room for 500 more VMs of p1-1.5gb; used: 0 servers of 500')
        const asked = (await own.cloud.admin.requests()).map(({ method, path }) => `${method} ${path}`)
        expect(asked).toContainEqual(expect.stringContaining('GET /compute/v2.1/limits'))
        expect(new Set(asked.filter((one) => !one.startsWith('GET')))).toEqual(
          new Set(['POST /identity/v3/auth/tokens']),
        )
      },
    )
  })

  test('is for operators', async () => {
    await using({ principal: { roles: ['user'] } }, async (own) => {
      await expect(own.checks()).rejects.toMatchObject({ data: { code: 'OperatorsOnly' } })
      expect(await own.cloud.admin.requests()).toEqual([])
    })
  })

  const refused = { credential: { secret: 'another' } } satisfies Defect
  const expired = { credential: { expiresAt: days(-1) } } satisfies Defect

  test.each([
    ['is wrong', refused],
    ['has expired', expired],
  ])('with a credential that %s is over soon, and says what was not looked at', async (_why, defect) => {
    const checks = await found(defect)
    expect(checks.get('credential')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('refuses the application credential'),
    })
    expect(named(checks, false)).toEqual(['credential'])
    expect(checks.get('network')).toMatchObject({ ok: 'skipped' })
    expect(checks.get('quota')).toMatchObject({ ok: 'skipped' })
    expect(checks.get('roles')).toMatchObject({ ok: 'skipped', detail: 'credential failed' })
  })

  test('of a cloud that does not answer says so', async () => {
    await using({}, async (own) => {
      await own.cloud.stop()
      const checks = await own.checks()
      expect(checks.get('credential')).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/ECONNREFUSED|refused/),
      })
    })
  })

  const failures: [string, Defect, string, string | RegExp][] = [
    ['the credential only reads', { credential: { roles: ['reader'] } }, 'roles', 'reader only'],
    [
      'the catalog lacks a service',
      { cloud: { unlisted: ['network'] } },
      'network endpoint',
      'the catalog has no such service',
    ],
    [
      'the region is another one',
      { entry: { region_name: 'West' } },
      'compute endpoint',
      'no public endpoint in region West; there are: admin in RegionOne',
    ],
    [
      'boot volumes have no service',
      { cloud: { unlisted: ['block-storage'] }, policy: { bootVolume: {} } },
      'block-storage endpoint',
      'no such service',
    ],
    [
      'a volume type is not there',
      { policy: { bootVolume: { type: 'ssd' } } },
      'boot volume type',
      'not there: ssd; there are: __DEFAULT__',
    ],
    [
      'the version is too old for a volume type',
      { policy: { bootVolume: { type: '__DEFAULT__' } }, entry: { compute_default_microversion: '2.60' } },
      'compute version',
      '2.60 has no boot volumes of the configured type (2.67)',
    ],
    [
      'there is a quota of 0',
      { seed: ({ quotas }) => Object.assign(quotas ?? {}, { 'canfar-batch': { compute: { instances: 0 } } }) },
      'quota',
      /^room for 0 more VMs .* 0 servers of 0/,
    ],
    [
      'there is no port to be had',
      { seed: ({ quotas }) => Object.assign(quotas ?? {}, { 'canfar-batch': { network: { port: 0 } } }) },
      'quota',
      '0 ports of 0',
    ],
    [
      'no flavor has a disk',
      { seed: (seed) => void (seed.flavors = [{ name: 'v1', vcpus: 1, ramMb: 1000, diskGb: 0 }]) },
      'flavors',
      'all 1 have no root disk',
    ],
    [
      'the network is not there',
      { policy: { network: 'batch-net' } },
      'network',
      /no network batch-net; there are: private/,
    ],
    [
      'there are several networks',
      { seed: ({ networks }) => void networks?.push({ name: 'second', cidr: '10.8.0.0/24' }) },
      'network',
      /has 2, and Nova does not choose \(409\)/,
    ],
    ['there is no network', { seed: (seed) => void (seed.networks = []) }, 'network', 'the project has no network'],
    [
      'a security group is not there',
      { policy: { securityGroups: ['default', 'condor'] } },
      'security groups',
      'not there: condor; there are: default',
    ],
    ['the key is not there', { policy: { keyName: 'ops' } }, 'key', 'not there: ops'],
    [
      'the zone is not there',
      { policy: { availabilityZone: 'mars' } },
      'availability zone',
      'not there: mars; there are: nova',
    ],
    [
      'the server group is not there',
      { policy: { serverGroup: '6f1c9a7e-0000-4000-8000-000000000001' } },
      'server group',
      'not there: 6f1c9a7e-0000-4000-8000-000000000001; there are: none',
    ],
    [
      'workers are told too much',
      { config: { sshKeys: [`ssh-rsa ${randomBytes(60_000).toString('base64')}`] } },
      'user-data',
      /where Nova takes 65535/,
    ],
    [
      'its rules are too narrow',
      { credential: { accessRules: rules.filter(({ method }) => method !== 'DELETE') } },
      'access rules',
      /do not allow compute: DELETE \/servers\/\*/,
    ],
    [
      'a service does not know its type',
      { credential: { accessRules: rules }, cloud: { withoutServiceType: ['compute'] } },
      'access rules',
      'refused by compute',
    ],
  ]

  test.each(failures)('fails if %s', async (_what, defect, name, detail) => {
    const checks = await found(defect)
    expect(checks.get(name)).toMatchObject({ ok: false, next: expect.any(String) })
    expect(checks.get(name)?.detail).toMatch(detail)
    // what depends on it is passed over, or fails of the same; nothing else does
    const related: Record<string, string[]> = {
      'compute endpoint': ['image endpoint', 'network endpoint'],
    }
    expect(named(checks, false).filter((one) => one !== name && related[name]?.includes(one) !== true)).toEqual([])
  })

  const warnings: [string, Defect, string, string | RegExp][] = [
    ['the credential ends soon', { credential: { expiresAt: days(20) } }, 'credential expiry', /in (19|20) days/],
    ['the credential is unrestricted', { credential: { unrestricted: true } }, 'credential rights', 'unrestricted'],
    ['its own rules hide its end', { credential: { accessRules: rules } }, 'credential expiry', 'not known'],
    [
      'it may do everything',
      {
        seed: ({ users }) => {
          for (const user of users ?? []) if (user.name === 'batch') user.roles = { 'canfar-batch': ['admin'] }
        },
      },
      'roles',
      'far more than is needed',
    ],
    ['lists may leave servers out', { entry: { compute_default_microversion: '2.60' } }, 'compute version', '(2.69)'],
    [
      'Keystone is not in the catalog',
      { cloud: { unlisted: ['identity'] } },
      'identity endpoint',
      'auth_url is asked instead',
    ],
    ['certificates are not verified', { entry: { verify: false } }, 'clouds.yaml', 'verify is off'],
    [
      'users look for another Keystone',
      { policy: { authUrl: 'https://other:5000' } },
      'clouds.yaml',
      'https://other:5000',
    ],
  ]

  test.each(warnings)('warns if %s', async (_what, defect, name, detail) => {
    const checks = await found(defect)
    expect(checks.get(name)).toMatchObject({ ok: 'warn', next: expect.any(String) })
    expect(checks.get(name)?.detail).toMatch(detail)
    expect([named(checks, 'warn'), named(checks, false)]).toEqual([[name], []])
  })

  test('counts the shares that nobody has accepted, and those that were', async () => {
    const shared = (name: string, status: 'pending' | 'accepted') => ({
      name,
      owner: 'cosmology',
      visibility: 'shared' as const,
      members: [{ project: 'canfar-batch', status }],
    })
    const checks = await found({
      seed: ({ images }) =>
        void images?.push(shared('soft-1', 'pending'), shared('soft-2', 'accepted'), shared('soft-3', 'accepted')),
    })
    expect(checks.get('shared images')).toMatchObject({
      ok: true,
      detail:
        '1 public or its own, 2 shared with it and accepted, 1 pending: soft-1 (accepted when a submission uses them)',
    })
  })

  test('fails if the cloud hides from the project which images it may accept', async () => {
    const share = { name: 'soft', owner: 'cosmology', visibility: 'shared' as const }
    const members = [{ project: 'canfar-batch', status: 'pending' as const }]
    await using({ seed: ({ images }) => void images?.push({ ...share, members }) }, async (own) => {
      const match = { service: 'image', pathRegex: '/members/' } as const
      await own.cloud.admin.addFault({ match, effect: { kind: 'status', status: 403 }, times: null })
      const checks = await own.checks()
      expect(named(checks, false)).toEqual(['shared images'])
      expect(checks.get('shared images')?.next).toContain('modify_member')
    })
  })
})
