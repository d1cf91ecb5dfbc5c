import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf, sameData, type DataHashes } from '#domain/replication/same-data.ts'

const sha512 = (value: string): DataHashes => ({ strong: { algorithm: 'sha512', value } })
const sha256 = (value: string): DataHashes => ({ strong: { algorithm: 'sha256', value } })

describe('whether two images have the same data', () => {
  test.each<[string, DataHashes, DataHashes, boolean | undefined]>([
    ['the same strong hash', sha512('ab'), sha512('AB'), true],
    ['another strong hash', sha512('ab'), sha512('cd'), false],
    ['a strong hash goes before MD5', { ...sha512('ab'), md5: '1' }, { ...sha512('cd'), md5: '1' }, false],
    ['strong hashes of two kinds: MD5', { ...sha512('ab'), md5: '1' }, { ...sha256('cd'), md5: '1' }, true],
    ['strong hashes of two kinds, another MD5', { ...sha512('ab'), md5: '1' }, { ...sha256('ab'), md5: '2' }, false],
    ['nothing of one kind', sha512('ab'), sha256('ab'), undefined],
    ['no hash at all', {}, {}, undefined],
  ])('%s', (_, one, other, same) => {
    expect(sameData(one, other)).toBe(same)
    expect(sameData(other, one)).toBe(same)
  })

  test('never false of itself', () => {
    const hash = fc.record({ algorithm: fc.constantFrom('sha512', 'sha256'), value: fc.string() })
    const hashes = fc.record({ strong: hash, md5: fc.string() }, { requiredKeys: [] })
    fc.assert(
      fc.property(hashes, (one) => {
        expect(sameData(one, one)).toBe(hashOf(one) === undefined ? undefined : true)
      }),
    )
  })
})
