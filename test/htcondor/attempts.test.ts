import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseAttempt, collectAttempts, type Trace } from '#htcondor/attempts.ts'

const collect = (traces: Trace[]) => {
  const { add, attempts } = collectAttempts()
  traces.forEach(add)
  return attempts()
}

const trace = (attempt: string, cluster: number, state: Trace['state'], jobs = 1): Trace => ({
  attempt,
  cluster,
  jobs,
  state,
})

describe('of several arrivals of one submission', () => {
  it('none is kept where there is none', () => {
    expect(chooseAttempt([])).toEqual({ kept: undefined, duplicates: [] })
  })

  it('the lowest cluster is kept', () => {
    const { kept, duplicates } = chooseAttempt(
      collect([trace('b', 8, 'waiting'), trace('a', 7, 'waiting'), trace('a', 9, 'waiting')]),
    )
    expect(kept?.id).toBe('a')
    expect([...(kept?.clusters.keys() ?? [])]).toEqual([7, 9])
    expect(duplicates.map(({ id }) => id)).toEqual(['b'])
  })

  it('one that has been released comes first', () => {
    expect(chooseAttempt(collect([trace('a', 7, 'waiting'), trace('b', 8, 'touched')])).kept?.id).toBe('b')
  })

  it('one that its owner has removed still counts, so that another does not run instead', () => {
    expect(chooseAttempt(collect([trace('a', 7, 'touched'), trace('b', 8, 'waiting')])).kept?.id).toBe('a')
  })

  it('one that was removed as a duplicate is no more', () => {
    expect(chooseAttempt(collect([trace('a', 7, 'discarded'), trace('b', 8, 'waiting')])).kept?.id).toBe('b')
    expect(chooseAttempt(collect([trace('a', 7, 'discarded')])).kept).toBeUndefined()
  })

  it('jobs of a cluster are counted as the schedd says, wherever they are seen', () => {
    expect(collect([trace('a', 7, 'waiting', 3), trace('a', 7, 'touched', 3)])[0]?.clusters).toEqual(new Map([[7, 3]]))
  })

  it('everyone keeps the same, whatever the order of what they saw', () => {
    const traces = fc.array(
      fc.record({
        attempt: fc.constantFrom('a', 'b', 'c'),
        cluster: fc.integer({ min: 1, max: 9 }),
        jobs: fc.constant(1),
        state: fc.constantFrom<Trace['state']>('waiting', 'touched', 'discarded'),
      }),
    )
    const ownClusters = traces.map((all) =>
      all.map((one) => ({ ...one, cluster: one.cluster * 3 + ['a', 'b', 'c'].indexOf(one.attempt) })),
    )
    fc.assert(
      fc.property(ownClusters, (all) => {
        expect(chooseAttempt(collect(all.toReversed())).kept?.id).toBe(chooseAttempt(collect(all)).kept?.id)
      }),
    )
  })
})
