import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, isVmName, type Sight, type VmFile } from '#domain/cleanup/compare.ts'
import { confirmed } from '#domain/cleanup/findings.ts'
import { checkKey, controlPlaneKey, doubt, tenantKey, type ServerTraits } from '#domain/vm/ownership.ts'
import { vmStates } from '#domain/vm/state.ts'

const GRACE = 60_000
const at = 1_800_000_000_000
const order = { batchProject: 'p1', tenant: 'ada', image: { id: 'i1' }, flavor: { id: 'f1', name: 'c2' } }
const nameOf = (n: number): string => `canfar-east-${n.toString(16).padStart(16, '0')}`

const sight = (more: Partial<Sight>): Sight => ({
  pool: 'canfar',
  cloud: 'east',
  controlPlane: 'here',
  project: 'p1',
  servers: [],
  running: [],
  files: new Map(),
  workers: [],
  hosts: [],
  at,
  grace: GRACE,
  ...more,
})
const server = (n: number, more: Partial<ServerTraits> = {}): ServerTraits => ({
  id: `s${n}`,
  name: nameOf(n),
  projectId: 'p1',
  metadata: { [controlPlaneKey]: 'here', [tenantKey]: 'ada' },
  imageId: 'i1',
  flavor: { id: null, name: 'c2' },
  ...more,
})
const file = (n: number, status: VmFile['status'], more: Partial<VmFile> = {}): [string, VmFile] => [
  nameOf(n),
  { status, proof: { vm: nameOf(n), controlPlane: 'here', order }, closedAt: at - 2 * GRACE, ...more },
]
const kinds = (more: Partial<Sight>): string[] => compare(sight(more)).findings.map(({ kind }) => kind)

describe('a server that is ours', () => {
  it('is adopted if its workflow was ended from outside, removed if that is over', () => {
    expect(kinds({ servers: [server(1)], files: new Map([file(1, 'cut')]) })).toEqual(['adopt'])
    expect(kinds({ servers: [server(1)], files: new Map([file(1, 'closed')]) })).toEqual(['remove'])
  })

  it('is left alone within its grace, and while its workflow runs, listed or not', () => {
    const young = new Map([file(1, 'closed', { closedAt: at - GRACE + 1 })])
    expect(kinds({ servers: [server(1)], files: young })).toEqual([])
    expect(kinds({ servers: [server(1)], files: new Map([file(1, 'running')]) })).toEqual([])
    expect(kinds({ servers: [server(1)], running: [{ vm: nameOf(1), state: 'serving', batchProject: 'p1' }] })).toEqual(
      [],
    )
  })
})

describe('a server of a cloud check', () => {
  const checked = (asked: string, more: Record<string, string> = {}) =>
    compare(sight({ servers: [server(1, { metadata: { [controlPlaneKey]: 'here', [checkKey]: asked, ...more } })] }))
      .findings
  const ago = (ms: number): string => new Date(at - ms).toISOString()

  it('is no finding while its check may still be at work', () => {
    expect(checked(ago(59 * 60_000))).toEqual([])
    expect(checked(ago(-60_000)), 'clocks differ').toEqual([])
  })

  it('is said, and left alone, once its check must be over, or was never', () => {
    expect(checked(ago(60 * 60_000))).toMatchObject([
      { kind: 'unproven', because: `it was left by a check of this cloud that began at ${ago(60 * 60_000)}` },
    ])
    for (const lie of ['', 'soon', ago(-100 * 86_400_000)]) expect(checked(lie)).toMatchObject([{ kind: 'unproven' }])
  })

  it('of another control plane is nobody of ours', () => {
    expect(checked(ago(0), { [controlPlaneKey]: 'there' })).toEqual([])
  })
})

describe('a VM without a server', () => {
  it('is lost if it had one, in the project that was asked', () => {
    const running = [{ vm: nameOf(1), state: 'serving' as const, batchProject: 'p1' }]
    expect(kinds({ running })).toEqual(['lost'])
    expect(kinds({ running, project: 'p2' })).toEqual([])
    for (const state of ['requested', 'creating', 'building', 'deleting', 'gone'] as const)
      expect(kinds({ running: [{ vm: nameOf(1), state, batchProject: 'p1' }] })).toEqual([])
  })

  it('is doubted if there are too many', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ vm: nameOf(n), state: 'serving' as const, batchProject: 'p1' }))
    expect(compare(sight({ running: many(5) })).frozen).toBeUndefined()
    expect(compare(sight({ running: many(6) })).frozen).toEqual({ missing: 6, of: 6 })
  })

  it('and without a workflow is a ghost while the pool or the queue knows it', () => {
    expect(kinds({ workers: [nameOf(1)], hosts: [nameOf(1), nameOf(2)] })).toEqual(['ghost', 'ghost'])
    expect(kinds({ workers: [nameOf(1)], files: new Map([file(1, 'running')]) })).toEqual([])
    expect(kinds({ workers: ['canfar-arbutus-0000000000000001', 'login-node'], hosts: ['desktop'] })).toEqual([])
    expect(kinds({ workers: undefined, hosts: undefined })).toEqual([])
  })
})

const traits = fc.record({
  id: fc.constantFrom('s1', 's2', 's3'),
  name: fc.constantFrom(nameOf(1), nameOf(2), 'desktop', `${nameOf(1)}0`, 'canfar-east-zzzzzzzzzzzzzzzz'),
  projectId: fc.constantFrom('p1', 'p2'),
  metadata: fc.record(
    { [controlPlaneKey]: fc.constantFrom('here', 'there'), [tenantKey]: fc.constantFrom('ada', 'bob') },
    { requiredKeys: [] },
  ),
  imageId: fc.constantFrom('i1', 'i2', null),
  flavor: fc.record({ id: fc.constantFrom('f1', 'f2', null), name: fc.constantFrom('c2', 'c4', null) }),
})
const filed = (n: number) =>
  fc.option(
    fc
      .record({
        status: fc.constantFrom('running', 'closed', 'cut'),
        serverId: fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: undefined }),
        closedAt: fc.integer({ min: at - 2 * GRACE, max: at + GRACE }),
      })
      .map(({ status, serverId, closedAt }) =>
        file(n, status, { closedAt, proof: { vm: nameOf(n), controlPlane: 'here', order, serverId } }),
      ),
    { nil: undefined },
  )
const worlds = fc
  .record({
    servers: fc.array(traits, { maxLength: 4 }),
    files: fc.tuple(filed(1), filed(2)).map((list) => new Map(list.filter((one) => one !== undefined))),
    running: fc.subarray([1, 2]).chain((list) =>
      fc.tuple(
        ...list.map((n) =>
          fc.record({
            vm: fc.constant(nameOf(n)),
            state: fc.constantFrom(...vmStates),
            batchProject: fc.constantFrom('p1', 'p2'),
          }),
        ),
      ),
    ),
  })
  .map(sight)

describe('whatever there is', () => {
  it('nothing is deleted or adopted that is not provably ours, or whose VM may be alive', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const finding of compare(world).findings) {
          if (finding.kind !== 'remove' && finding.kind !== 'adopt') continue
          const found = world.servers.filter(({ id, name }) => id === finding.serverId && name === finding.vm)
          const known = world.files.get(finding.vm)
          expect(known).toBeDefined()
          if (known === undefined) continue
          expect(found.some((one) => doubt(one, known.proof) === undefined)).toBe(true)
          expect(world.running.some(({ vm }) => vm === finding.vm)).toBe(false)
          expect(known.status).toBe(finding.kind === 'adopt' ? 'cut' : 'closed')
          if (finding.kind === 'remove') expect(world.at - (known.closedAt ?? world.at)).toBeGreaterThanOrEqual(GRACE)
        }
      }),
    )
  })

  it('each server is ours, foreign or found, once', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { findings, counts } = compare(world)
        const found = findings.filter((one) => 'serverId' in one).length
        expect(counts.foreign + found).toBeLessThanOrEqual(world.servers.length)
        for (const { vm } of findings) expect(isVmName(vm, 'canfar', 'east')).toBe(true)
      }),
    )
  })

  it('only what two looks found is believed', () => {
    fc.assert(
      fc.property(worlds, worlds, (one, other) => {
        const [first, second] = [compare(one), compare(other)]
        const sure = confirmed(first, second).findings
        const text = (finding: object): string => JSON.stringify({ ...finding, because: '' })
        for (const finding of sure) {
          expect(first.findings.map(text)).toContain(text(finding))
          expect(second.findings).toContain(finding)
        }
      }),
    )
  })
})
