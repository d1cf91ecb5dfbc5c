import { describe, expect, test } from 'vitest'
import { judgeNamed } from '#domain/cloud-check/named.ts'
import { judgeNetwork, type SeenNetwork } from '#domain/cloud-check/network.ts'
import { computeNeeds, judgeEndpoint, judgeMicroversion } from '#domain/cloud-check/service.ts'

describe('endpoints', () => {
  const gone = { code: 'EndpointNotFound', why: 'no public endpoint in region West; there are: public in RegionOne' }

  test.each([
    ['needed', false],
    ['unused', 'skipped'],
    ['elsewhere', 'warn'],
  ] as const)('one that is not there and %s', (need, ok) => {
    expect(judgeEndpoint('block-storage', gone, need)).toMatchObject({ name: 'block-storage endpoint', ok })
  })

  test('what there is instead is said, and the keys that choose', () => {
    expect(judgeEndpoint('block-storage', gone, 'needed')).toMatchObject({
      detail: expect.stringContaining('public in RegionOne'),
      next: expect.stringMatching(/region_name or interface .* block_storage_endpoint_override/),
    })
  })

  test('one that is there is shown; another failure is one whatever is needed', () => {
    expect(judgeEndpoint('image', { seen: { url: 'https://i' } }, 'needed')).toMatchObject({
      ok: true,
      detail: 'https://i',
    })
    expect(judgeEndpoint('image', { code: 'Timeout', why: 'no answer' }, 'unused')).toMatchObject({ ok: false })
  })
})

describe('microversions', () => {
  const judged = (version: string, volumeType = false) =>
    judgeMicroversion('compute', { seen: version }, computeNeeds({ volumeType }))

  test.each([
    ['2.79', false, true],
    ['2.100', true, true],
    ['2.69', false, true],
    ['2.9', false, 'warn'],
    ['2.68', true, 'warn'],
    ['2.66', true, false],
  ])('%s, with a volume type %s: %s', (version, volumeType, ok) => {
    expect(judged(version, volumeType).ok).toBe(ok)
  })

  test('what is missing is named with the version that has it', () => {
    expect(judged('2.60', true).detail).toBe(
      '2.60 has no boot volumes of the configured type (2.67); no servers in a part of the cloud that is down, which lists then leave out (2.69)',
    )
    const none = { code: 'MicroversionUnsupported', why: 'the cloud has 2.1 to 2.38, needed is 2.50 to 2.79' }
    expect(judgeMicroversion('compute', none, [])).toMatchObject({ ok: false, detail: none.why })
  })
})

describe('network', () => {
  const network = (id: string, more: Partial<SeenNetwork> = {}): SeenNetwork => ({
    id,
    name: `net-${id}`,
    status: 'ACTIVE',
    projectId: 'p1',
    shared: false,
    subnets: 1,
    ...more,
  })
  const foreign = { projectId: 'p2' }
  const judged = (wanted: string | undefined, ...networks: SeenNetwork[]) => judgeNetwork(wanted, networks, 'p1')

  test.each([
    ['by id', 'a', [network('a'), network('b')]],
    ['by name', 'net-a', [network('a'), network('b')]],
    ['that has another one’s id as its name', 'a', [network('a'), network('b', { name: 'a' })]],
    ['that is the only own one', undefined, [network('a'), network('b', foreign)]],
    ['that is the only shared one', undefined, [network('a', { ...foreign, shared: true }), network('b', foreign)]],
  ])('one %s', (_which, wanted, networks) => {
    expect(judged(wanted, ...networks)).toMatchObject({ check: { ok: true }, network: { id: 'a' } })
  })

  test.each([
    ['that is not there', 'x', [network('a')], 'there is no network x; there are: net-a (a)'],
    [
      'of a name that two have',
      'same',
      [network('a', { name: 'same' }), network('b', { name: 'same' })],
      '2 networks are called same: a, b',
    ],
    ['without a subnet', 'a', [network('a', { subnets: 0 })], 'has no subnet'],
    [
      'of several, none chosen',
      undefined,
      [network('a'), network('b', { shared: true, ...foreign })],
      '(409): net-a (a), net-b (b)',
    ],
    ['of none', undefined, [network('a', foreign)], 'the project has no network'],
  ])('one %s', (_which, wanted, networks, detail) => {
    const verdict = judged(wanted, ...networks)
    expect(verdict).not.toHaveProperty('network')
    expect(verdict.check).toMatchObject({ ok: false, detail: expect.stringContaining(detail) })
  })

  test('one that is down is a warning, and taken', () => {
    expect(judged('a', network('a', { status: 'DOWN' }))).toMatchObject({ check: { ok: 'warn' }, network: { id: 'a' } })
  })
})

describe('what the configuration names', () => {
  const groups = [
    { id: 'g1', name: 'condor' },
    { id: 'g2', name: 'twin' },
    { id: 'g3', name: 'twin' },
  ]
  const judged = (...wanted: string[]) =>
    judgeNamed({ name: 'security groups', key: 'securityGroups', wanted, otherwise: 'the default' }, groups)

  test.each([
    [[], 'skipped', 'none is configured: the default'],
    [['condor', 'g2'], true, 'condor, g2'],
    [['condor', 'batch'], false, 'not there: batch; there are: condor, twin'],
    [['twin'], false, '2 are called twin: g2, g3'],
  ])('%j', (wanted, ok, detail) => {
    expect(judged(...wanted)).toMatchObject({ ok, detail })
  })
})
