import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueAt } from '#domain/rotation/due.ts'
import { credentialName, markOf, markText, type Mark } from '#domain/rotation/mark.ts'
import { obsolete, type MarkedCredential } from '#domain/rotation/obsolete.ts'

const id = fc.stringMatching(/^[0-9a-f]{4}$/)
const mark: fc.Arbitrary<Mark> = fc.record(
  {
    controlPlane: fc.constantFrom('5f1c9a7e', 'site: of ours', 'batch credential of a, made b'),
    cloud: fc.constantFrom('arbutus', 'east'),
    made: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.getTime()),
    use: fc.constantFrom('batch' as const, 'owner' as const),
    replaces: id,
  },
  { requiredKeys: ['controlPlane', 'cloud', 'made', 'use'] },
)

describe('the mark of a credential', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(mark, (one) => {
        expect(markOf(markText(one))).toEqual(one)
      }),
    )
  })

  test.each([
    null,
    '',
    'for the batch project',
    'canfar-batch 5f1c: something else of arbutus, made 2026-01-01T00:00:00Z',
  ])('%s is none', (description) => expect(markOf(description)).toBeUndefined())
})

test('the name of a credential tells its cloud and its day, and differs with each run', () => {
  const at = Date.parse('2026-11-20T23:59:59Z')
  expect(credentialName('arbutus', at, '01a1fe2c-0a49-78f8-af20-8ed8de3ae501')).toBe(
    'canfar-batch-arbutus-2026-11-20-de3ae501',
  )
  expect(credentialName('a'.repeat(20), at, 'x'.repeat(36)).length).toBeLessThan(255)
})

describe('what goes at the end of a rotation', () => {
  const listed: fc.Arbitrary<MarkedCredential[]> = fc.uniqueArray(
    fc.record({ id, name: fc.constant('n'), mark }, { requiredKeys: ['id', 'name'] }),
    { selector: (one) => one.id, maxLength: 12 },
  )
  const standing = fc.record({
    controlPlane: fc.constantFrom('5f1c9a7e', 'site: of ours'),
    cloud: fc.constantFrom('arbutus', 'east'),
    current: id,
    made: id,
    replaced: fc.option(id, { nil: undefined }),
    owner: fc.option(id, { nil: undefined }),
  })

  test('is never what is used, nor what nobody here has made or replaced', () => {
    fc.assert(
      fc.property(listed, standing, (all, now) => {
        const ours = all.filter((one) => one.mark?.controlPlane === now.controlPlane && one.mark.cloud === now.cloud)
        const known = new Set([now.replaced, ...ours.flatMap((one) => [one.id, one.mark?.replaces])])
        for (const one of obsolete(all, now)) {
          expect([now.current, now.made, now.owner]).not.toContain(one.id)
          expect(known).toContain(one.id)
        }
      }),
    )
  })

  test('leaves no other of ours', () => {
    fc.assert(
      fc.property(listed, standing, (all, now) => {
        const gone = obsolete(all, now)
        const left = all.filter((one) => !gone.includes(one) && ![now.current, now.made, now.owner].includes(one.id))
        expect(
          left.filter((one) => one.mark?.controlPlane === now.controlPlane && one.mark.cloud === now.cloud),
        ).toEqual([])
        expect(left.map((one) => one.id)).not.toContain(now.replaced)
      }),
    )
  })

  test('is also what the one that was replaced had replaced, if that is left', () => {
    const own = { controlPlane: '5f1c9a7e', cloud: 'arbutus', made: 0, use: 'batch' as const }
    const all = [
      { id: 'by hand', name: 'a' },
      { id: 'first', name: 'b', mark: { ...own, replaces: 'by hand' } },
      { id: 'second', name: 'c', mark: { ...own, replaces: 'first' } },
      { id: 'a user’s', name: 'd' },
      { id: 'east’s', name: 'e', mark: { ...own, cloud: 'east' } },
    ]
    const now = { ...own, current: 'second', made: 'second', replaced: 'first', owner: undefined }
    expect(obsolete(all, now).map((one) => one.id)).toEqual(['by hand', 'first'])
  })
})

describe('a rotation is due', () => {
  const [day, now] = [86_400_000, Date.parse('2026-11-20T00:00:00Z')]
  const completed = (ended: number) => ({ ended, completed: true })

  test.each([
    ['never, without a schedule', [0, completed(0), undefined], undefined],
    ['at once, if nobody knows the age', [undefined, undefined, 30 * day], 0],
    ['so long after it was made', [now, undefined, 30 * day], now + 30 * day],
    [
      'so long after the last rotation, if the cloud does not say when it was made',
      [undefined, completed(now), 30 * day],
      now + 30 * day,
    ],
    [
      'a day after one that failed, whatever it had made',
      [now - day, { ended: now, completed: false }, 30 * day],
      now + day,
    ],
  ] as const)('%s', (_when, [made, last, every], due) => {
    expect(dueAt(made, last, every)).toBe(due)
  })
})
