import { describe, expect, it } from 'vitest'
import { cloudPass, type ExpectedVm } from '#domain/watch/cloud-pass.ts'

const at = 1_800_000_000_000
const none = new Map<string, number>()
const server = (name: string, status: string, more = {}) => ({
  id: `id-${name}`,
  name,
  status,
  claimed: true,
  cores: 2,
  ...more,
})
const serving = (n: number): ExpectedVm[] => Array.from({ length: n }, (_, i) => ({ vm: `vm-${i}`, state: 'serving' }))

describe('a look at a cloud', () => {
  it('tells a VM that it is ACTIVE, once', () => {
    const seen = [server('a', 'ACTIVE', { address: '10.0.0.4' })]
    expect(cloudPass([{ vm: 'a', state: 'building' }], seen, none, at).events).toEqual([
      { vm: 'a', event: { kind: 'active', at, seenIn: 'building', serverId: 'id-a', address: '10.0.0.4' } },
    ])
    expect(cloudPass([{ vm: 'a', state: 'booted' }], seen, none, at).events).toEqual([])
  })

  it('tells it as well which volumes die with its server', () => {
    const [told] = cloudPass(
      [{ vm: 'a', state: 'building' }],
      [server('a', 'ACTIVE', { volumes: ['v1'] })],
      none,
      at,
    ).events
    expect(told?.event).toMatchObject({ kind: 'active', volumes: ['v1'] })
  })

  it('is not misled by a stranger of the same name, wherever in the list', () => {
    const seen = [server('a', 'ACTIVE'), server('a', 'ERROR', { claimed: false, cores: 2, fault: 'theirs' })]
    for (const list of [seen, seen.toReversed()]) {
      expect(cloudPass([{ vm: 'a', state: 'serving' }], list, none, at).events).toEqual([])
    }
  })

  it('believes in an absence at the second look, and only of a VM that was ACTIVE', () => {
    const expected: ExpectedVm[] = [
      { vm: 'a', state: 'serving' },
      { vm: 'b', state: 'building' },
    ]
    const first = cloudPass(expected, [], none, at)
    expect(first.events).toEqual([])
    const second = cloudPass(expected, [], first.missing, at + 5000)
    expect(second.events).toMatchObject([{ vm: 'a', event: { kind: 'absent' } }])
  })

  it('forgets an absence when the server is seen again', () => {
    const expected: ExpectedVm[] = [{ vm: 'a', state: 'serving' }]
    const first = cloudPass(expected, [], none, at)
    const second = cloudPass(expected, [server('a', 'ACTIVE')], first.missing, at + 5000)
    expect(cloudPass(expected, [], second.missing, at + 10_000).events).toEqual([])
  })

  it('doubts a list in which too many have vanished', () => {
    const before = new Map(serving(30).map(({ vm }) => [vm, 1]))
    const pass = cloudPass(serving(30), [], before, at)
    expect(pass.events).toEqual([])
    expect(pass.frozen).toEqual({ missing: 30, of: 30 })
    expect(cloudPass(serving(5), [], new Map(serving(5).map(({ vm }) => [vm, 1])), at).events).toHaveLength(5)
  })

  it.each([
    ['ERROR', 'No valid host was found.', 'cloud-error', 'NoCapacity'],
    ['ERROR', 'Quota exceeded for cores', 'cloud-error', 'QuotaExceeded'],
    ['ERROR', 'Image 5 is unacceptable: bad header', 'cloud-error', 'ImageUnusable'],
    ['ERROR', 'libvirt fell over', 'cloud-error', 'CloudError'],
    ['SHUTOFF', '', 'powered-off', undefined],
  ])('%s (%s) is %s %s', (status, fault, kind, reason) => {
    const [told] = cloudPass([{ vm: 'a', state: 'serving' }], [server('a', status, { fault })], none, at).events
    expect(told?.event.kind).toBe(kind)
    expect(told?.event.reason).toBe(reason)
  })

  it.each(['MIGRATING', 'SUSPENDED', 'RESCUE', 'PAUSED', 'REBOOT', 'SHELVED', 'UNKNOWN', 'A_STATUS_OF_TOMORROW'])(
    'waits while a server is %s',
    (status) => {
      expect(cloudPass([{ vm: 'a', state: 'serving' }], [server('a', status)], none, at).events).toEqual([])
    },
  )

  it('counts a soft-deleted server as gone', () => {
    const expected: ExpectedVm[] = [{ vm: 'a', state: 'serving' }]
    const seen = [server('a', 'SOFT_DELETED')]
    const first = cloudPass(expected, seen, none, at)
    expect(cloudPass(expected, seen, first.missing, at + 1).events).toMatchObject([{ event: { kind: 'absent' } }])
  })
})
