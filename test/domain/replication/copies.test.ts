import { describe, expect, test } from 'vitest'
import { copyAmong, isUnfinishedCopy, unfinishedAmong, type Candidate } from '#domain/replication/copies.ts'
import { markName } from '#domain/replication/properties.ts'

const hashes = { strong: { algorithm: 'sha512', value: 'ab' }, md5: '1' }
const source = { name: 'software', hashes }

const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  name: 'software',
  status: 'active',
  owner: 'mine',
  visibility: 'private',
  hashes,
  properties: {},
  ...more,
})

const theirs = { owner: 'theirs', visibility: 'public' } as const

describe('an image that makes a copy unnecessary', () => {
  test.each<[string, Candidate[], string | undefined]>([
    ['the project’s own goes first', [candidate('a', theirs), candidate('b')], 'b'],
    ['then the one of the same name', [candidate('a', { name: 'other' }), candidate('b')], 'b'],
    ['another name does', [candidate('a', { name: 'other' })], 'a'],
    ['another project’s does, if it is everybody’s', [candidate('a', theirs)], 'a'],
    ['one that is shared with this project does not', [candidate('a', { ...theirs, visibility: 'shared' })], undefined],
    [
      'another project’s with the same MD5 alone does not',
      [candidate('a', { ...theirs, hashes: { md5: '1' } })],
      undefined,
    ],
    ['the project’s own with the same MD5 alone does', [candidate('a', { hashes: { md5: '1' } })], 'a'],
    ['one that is not active does not', [candidate('a', { status: 'saving' })], undefined],
    ['other data do not', [candidate('a', { hashes: { md5: '2' } })], undefined],
    ['one without a hash does not', [candidate('a', { hashes: {} })], undefined],
  ])('%s', (_, all, id) => {
    expect(copyAmong(all, source, 'mine')?.id).toBe(id)
  })
})

describe('what attempts have left', () => {
  const marked = { [markName]: 'sha512:ab' }
  const left = (one: Partial<Candidate>): boolean =>
    unfinishedAmong([candidate('a', { properties: marked, ...one })], hashes, { project: 'mine', mark: 'sha512:ab' })
      .length === 1

  test.each<[string, Partial<Candidate>, boolean]>([
    ['a queued record', { status: 'queued', hashes: {} }, true],
    ['an upload that broke off', { status: 'saving', hashes: {} }, true],
    ['one that Glance gave up', { status: 'killed', hashes: {} }, true],
    ['active with other data', { hashes: { md5: '2' } }, true],
    ['never the copy itself', {}, false],
    ['never what somebody deactivated', { status: 'deactivated' }, false],
    ['never what has no mark', { status: 'queued', hashes: {}, properties: {} }, false],
    ['never what has the mark of other data', { status: 'queued', properties: { [markName]: 'sha512:cd' } }, false],
    ['never what another project owns', { status: 'queued', owner: 'theirs' }, false],
  ])('%s: %o → %s', (_, one, expected) => {
    expect(left(one)).toBe(expected)
  })
})

describe('a copy that does not have its data', () => {
  test.each<[string, Partial<Candidate>, boolean]>([
    ['a queued record', { status: 'queued', hashes: {} }, true],
    ['an upload under way', { status: 'saving', hashes: {} }, true],
    ['active with other data', { hashes: { strong: { algorithm: 'sha512', value: 'cd' } } }, true],
    ['not one that has them', { hashes: { strong: { algorithm: 'sha512', value: 'AB' }, md5: '2' } }, false],
    ['not one whose cloud has another hash', { hashes: { md5: '2' } }, false],
    ['not what somebody deactivated', { status: 'deactivated' }, false],
    ['not an image that is no copy', { status: 'queued', properties: {} }, false],
  ])('%s: %o → %s', (_, one, expected) => {
    expect(isUnfinishedCopy(candidate('a', { properties: { [markName]: 'sha512:ab' }, ...one }))).toBe(expected)
  })
})
