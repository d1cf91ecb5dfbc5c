import { describe, expect, test } from 'vitest'
import { sharingNeed, unsharingNeed } from '#domain/image-sharing.ts'
import type { Image } from '#domain/image.ts'

const image = (visibility: Image['visibility'], owner: string): Image => ({
  id: '40ad960b',
  name: 'catalogue-software-2023-08-21',
  status: 'active',
  visibility,
  owner,
  bytes: 3 * 1024 ** 3,
  minDiskGb: 20,
  minRamMb: 0,
  createdAt: '2023-08-21T10:00:00Z',
})
const notYours = expect.objectContaining({ data: expect.objectContaining({ code: 'ImageNotYours', kind: 'auth' }) })

describe('shared with a project by its owner', () => {
  test.each([
    ['public', 'other', 'nothing'],
    ['community', 'other', 'nothing'],
    ['private', 'batch', 'nothing'],
    ['shared', 'canfar', 'member'],
    ['private', 'canfar', 'share-then-member'],
  ] as const)('a %s image of %s: %s', (visibility, owner, need) => {
    expect(sharingNeed(image(visibility, owner), 'batch', 'canfar')).toBe(need)
  })

  test.each(['shared', 'private'] as const)('a %s image of another project cannot be', (visibility) => {
    expect(() => sharingNeed(image(visibility, 'other'), 'batch', 'canfar')).toThrow(notYours)
  })
})

describe('taken back from a project by its owner', () => {
  test.each([
    ['public', 'lensing', 'open'],
    ['community', 'lensing', 'open'],
    ['public', 'canfar', 'own'],
    ['private', 'canfar', 'own'],
    ['private', 'lensing', 'not-shared'],
    ['shared', 'lensing', 'member'],
  ] as const)('a %s image, from %s: %s', (visibility, target, need) => {
    expect(unsharingNeed(image(visibility, 'canfar'), target, 'canfar')).toBe(need)
  })

  test('by another project it cannot be, a public one neither', () => {
    for (const visibility of ['shared', 'public'] as const) {
      expect(() => unsharingNeed(image(visibility, 'other'), 'lensing', 'canfar')).toThrow(notYours)
    }
  })
})
