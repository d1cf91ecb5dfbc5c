import { expect, test } from 'vitest'
import { seenCloud } from '#api/seen-cloud.ts'

const now = Date.UTC(2026, 10, 26)
const day = 24 * 3_600_000
const well = { at: now - 2000, ok: true, servers: 3, foreign: 1 } as const

test('a cloud that answers is told by its servers', () => {
  expect(seenCloud(well, now)).toBe('3 servers, 1 of them not ours')
})

test.each([
  { what: 'never looked at', seen: undefined, finding: { ok: 'warn', detail: 'nobody has looked at it yet' } },
  { what: 'that answers no more', seen: { ...well, ok: false, error: '503' }, finding: { ok: false, detail: '503' } },
  {
    what: 'whose watch is away',
    seen: { ...well, at: now - 61_000 },
    finding: { ok: 'warn', detail: 'last looked at 61 s ago' },
  },
  {
    what: 'whose credential ends within 28 days',
    seen: { ...well, credentialEnds: now + 27 * day },
    finding: { ok: 'warn', detail: expect.stringMatching(/^its credential ends at 2026-12-23T.*rotate-credentials/) },
  },
])('a cloud $what is no good news', ({ seen, finding }) => {
  expect(seenCloud(seen, now)).toEqual(finding)
})

test('a credential that lasts longer is not mentioned', () => {
  expect(seenCloud({ ...well, credentialEnds: now + 29 * day }, now)).toBe(seenCloud(well, now))
})
