import { describe, expect, test } from 'vitest'
import { chooseOnCloud, type CloudOffer, type Wanted } from '#domain/choice.ts'
import type { Image } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import type { CopyTarget } from '#domain/replication/closed.ts'
import { settle, type Looked } from '#domain/replication/for-jobs.ts'

const hash = { algorithm: 'sha512', value: 'c0ffee' }
const soft: Image = {
  id: 'id-soft',
  name: 'soft',
  status: 'active',
  visibility: 'private',
  owner: 'mine',
  bytes: 1024 ** 3,
  minDiskGb: 5,
  minRamMb: 512,
  createdAt: '2023-08-21T00:00:00Z',
  hash,
}
const withoutHash: Image = { ...soft }
delete withoutHash.hash
const small = { id: 'f1', name: 'small', vcpus: 1, ramMb: 2048, diskGb: 20, ephemeralGb: 0 }
const large = { id: 'f2', name: 'large', vcpus: 8, ramMb: 8192, diskGb: 20, ephemeralGb: 0 }
const wanted: Wanted = { image: 'soft', flavor: 'small', resources: {} }

interface Change extends Partial<Omit<CloudOffer, 'cloud'>> {
  wished?: boolean
  target?: Partial<CopyTarget>
}

function cloud(
  name: string,
  images: Image[],
  { wished = true, target = {}, ...more }: Change = {},
  wish = wanted,
): Looked {
  const offer = { cloud: name, project: 'cosmology', projectId: 'mine', images, flavors: [small, large], ...more }
  const usual: CopyTarget = { name, copyImages: true, observed: { quotas: {} }, caps: {}, reserved: {} }
  return { tried: chooseOnCloud(offer, wish), offer, wished, target: { ...usual, ...target } }
}
const arbutus = cloud('arbutus', [soft])
const copyOn = (name: string) => ({ cloud: name, from: 'arbutus', image: { id: 'id-soft' }, hash, projectId: 'mine' })

function problemOf(looked: Looked[], wish = wanted): Problem['data'] {
  try {
    settle(looked, wish)
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('no problem')
}

describe('an image is copied for jobs', () => {
  test('to each cloud that lacks it, beside the one that has it', () => {
    const { choices, copies, warnings } = settle([arbutus, cloud('east', []), cloud('north', [])], wanted)
    expect(choices).toMatchObject([{ cloud: 'arbutus', image: { id: 'id-soft' } }])
    expect(copies).toMatchObject([copyOn('east'), copyOn('north')])
    expect(copies[0]?.flavor).toMatchObject({ id: 'f1', cores: 1 })
    expect(warnings).toEqual([])
  })

  test('from a cloud on which the jobs shall not run', () => {
    const elsewhere = cloud('arbutus', [soft], { wished: false })
    expect(settle([elsewhere, cloud('east', [])], wanted)).toMatchObject({ choices: [], copies: [copyOn('east')] })
    expect(settle([arbutus, cloud('east', [], { wished: false })], wanted).copies).toEqual([])
  })

  test('where the cloud that has it has no such flavor, with a warning; not if a third has both', () => {
    const without = cloud('arbutus', [soft], { flavors: [large] })
    const { choices, copies, warnings } = settle([without, cloud('east', [])], wanted)
    expect({ choices, copies }).toMatchObject({ choices: [], copies: [copyOn('east')] })
    expect(warnings).toEqual(['cloud arbutus: there is no flavor "small"; these jobs will not run there'])
    expect(problemOf([without, cloud('north', [soft]), cloud('east', [])]).code).toBe('FlavorUnknown')
  })

  test('though a copy is on its way: it is the same', () => {
    const unfinished = { ...soft, id: 'copy', status: 'saving', unfinishedCopy: true as const }
    expect(settle([arbutus, cloud('east', [unfinished])], wanted)).toMatchObject({
      copies: [copyOn('east')],
      warnings: [],
    })
  })

  test('by the id that it has on one of them', () => {
    const byId = { ...wanted, image: 'id-soft' }
    const looked = [cloud('arbutus', [soft], {}, byId), cloud('east', [], {}, byId)]
    expect(settle(looked, byId).copies).toMatchObject([copyOn('east')])
  })

  test('with the smallest flavor that holds it, if none is named', () => {
    const any = { ...wanted, flavor: undefined }
    const tiny = { ...small, id: 'f0', name: 'tiny', diskGb: 1 }
    const looked = [cloud('arbutus', [soft], {}, any), cloud('east', [], { flavors: [tiny, small] }, any)]
    expect(settle(looked, any).copies).toMatchObject([{ flavor: { id: 'f1' } }])
  })

  test.each<[string, Looked, RegExp]>([
    ['does not want it', cloud('east', [], { target: { copyImages: false } }), /site copies no images there/],
    [
      'is disabled',
      cloud('east', [], { target: { control: { enabled: false, reason: 'maintenance' } } }),
      /disabled: maintenance/,
    ],
    [
      'would never have room',
      cloud('east', [], { target: { observed: { quotas: { instances: { limit: 0, used: 0 } } } } }),
      /no VM of small could run there: wants 1 server/,
    ],
    ['may have no VM of ours', cloud('east', [], { target: { caps: { vms: 0 } } }), /at most 0/],
    ['has no such flavor', cloud('east', [], { flavors: [large] }), /there is no flavor "small"/],
  ])('not where a cloud %s, which is said only if no other will do', (_, east, reason) => {
    expect(settle([arbutus, east], wanted)).toMatchObject({ choices: [{ cloud: 'arbutus' }], copies: [], warnings: [] })
    const { code, details, next } = problemOf([cloud('arbutus', [soft], { wished: false }), east])
    expect(code).toBe('ImageUnknown')
    expect(details).toEqual([expect.stringMatching(reason)])
    expect(next).toContain('image replicate')
  })

  test('though room, full now, is expected to come', () => {
    const full = cloud('east', [], { target: { observed: { quotas: { instances: { limit: 1, used: 1 } } } } })
    expect(settle([arbutus, full], wanted).copies).toHaveLength(1)
  })

  test.each<[string, Image, RegExp | undefined]>([
    ['of another project', { ...soft, owner: 'theirs', visibility: 'public' }, /image of another project/],
    ['without a hash', withoutHash, /no hash/],
    ['that is not active', { ...soft, status: 'deactivated' }, undefined],
    ['that is only a pointer to a volume', { ...soft, bytes: 0, blockDeviceMapping: '[{}]' }, undefined],
  ])('never one %s', (_, image, reason) => {
    const { code, details = [] } = problemOf([cloud('arbutus', [image], { wished: false }), cloud('east', [])])
    expect(code).toBe('ImageUnknown')
    expect(details).toEqual(reason === undefined ? [] : [expect.stringMatching(reason)])
  })
})

test('what is wrong where the image is, is said all the same', () => {
  const twice = cloud('arbutus', [soft, { ...soft, id: 'other' }])
  expect(problemOf([twice, cloud('north', [soft]), cloud('east', [])]).code).toBe('ImageAmbiguous')
  const down: Looked = {
    tried: { problem: new Problem({ code: 'CloudUnreachable', kind: 'unreachable', message: 'silent' }) },
    wished: true,
  }
  expect(settle([arbutus, down, cloud('east', [])], wanted)).toMatchObject({
    copies: [copyOn('east')],
    warnings: ['silent; these jobs will not run there'],
  })
})

test('an image that nobody has is unknown', () => {
  expect(problemOf([cloud('arbutus', []), cloud('east', [])])).toMatchObject({ code: 'ImageUnknown', details: [] })
})
