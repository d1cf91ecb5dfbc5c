import { describe, expect, it } from 'vitest'
import { chooseOnCloud, settleChoices, warningsOf, type CloudOffer, type Tried } from '#domain/choice.ts'
import type { Image } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'

const image = (name: string, more: Partial<Image> = {}): Image => ({
  id: `id-${name}`,
  name,
  status: 'active',
  visibility: 'private',
  owner: 'p1',
  bytes: 1024 ** 3,
  minDiskGb: 5,
  minRamMb: 512,
  createdAt: '2023-08-21T00:00:00Z',
  ...more,
})
const small = { id: 'f1', name: 'c1-2gb', vcpus: 1, ramMb: 2048, diskGb: 20, ephemeralGb: 0 }
const large = { id: 'f2', name: 'c2-7.5gb-31', vcpus: 2, ramMb: 7680, diskGb: 20, ephemeralGb: 31 }
const offer = (cloud: string, images: Image[]): CloudOffer => ({
  cloud,
  project: 'cosmology',
  projectId: 'p1',
  images,
  flavors: [large, small],
})
const wanted = { image: 'soft', flavor: 'c2-7.5gb-31', resources: {} }

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error.data.code
  }
  return 'no problem'
}

describe('where a submission may run', () => {
  it('is on each cloud that has the image and the flavor', () => {
    const tried = [offer('arbutus', [image('soft')]), offer('east', [image('soft')])].map((one) =>
      chooseOnCloud(one, wanted),
    )
    expect(settleChoices(tried)).toMatchObject([
      { cloud: 'arbutus', image: { id: 'id-soft', project: 'cosmology' }, flavor: { id: 'f2', cores: 2 } },
      { cloud: 'east' },
    ])
  })

  it('may be on a flavor without root disk, where the site lets VMs boot from volumes', () => {
    const rootless = { ...small, id: 'f3', name: 'v1-2gb', diskGb: 0 }
    const east = { ...offer('east', [image('soft')]), flavors: [rootless] }
    const tried = (bootVolume: boolean) => [chooseOnCloud({ ...east, bootVolume }, { ...wanted, flavor: 'v1-2gb' })]
    expect(settleChoices(tried(true))).toMatchObject([{ flavor: { id: 'f3', diskGb: 0 } }])
    expect(codeOf(() => settleChoices(tried(false)))).toBe('FlavorTooSmall')
  })

  it('is not on a cloud without the image, which is no problem while another has it', () => {
    const tried = [offer('arbutus', []), offer('east', [image('soft')])].map((one) => chooseOnCloud(one, wanted))
    expect(settleChoices(tried).map(({ cloud }) => cloud)).toEqual(['east'])
    expect(codeOf(() => settleChoices(tried.slice(0, 1)))).toBe('ImageUnknown')
  })

  it('passes over a cloud that is down, with a warning, while another will do; else that is what is said', () => {
    const down: Tried = {
      problem: new Problem({
        code: 'CloudUnreachable',
        kind: 'unreachable',
        where: 'cloud arbutus',
        message: 'silent',
      }),
    }
    const here = chooseOnCloud(offer('east', [image('soft')]), wanted)
    const nowhere = ['east', 'west'].map((cloud) => chooseOnCloud(offer(cloud, [image('softer')]), wanted))
    expect(settleChoices([down, here]).map(({ cloud }) => cloud)).toEqual(['east'])
    expect(warningsOf([down, here])).toEqual(['cloud arbutus: silent; these jobs will not run there'])
    expect(codeOf(() => settleChoices([...nowhere, down]))).toBe('CloudUnreachable')
    expect(() => settleChoices(nowhere)).toThrow(/cloud east, cloud west/)
  })

  it('passes over a copy that is on its way, with a warning; it hides no whole image of that name', () => {
    const copy = image('soft', { id: 'copy', status: 'queued', unfinishedCopy: true })
    const coming = chooseOnCloud(offer('east', [copy]), wanted)
    const here = chooseOnCloud(offer('arbutus', [image('soft')]), wanted)
    expect(settleChoices([here, coming]).map(({ cloud }) => cloud)).toEqual(['arbutus'])
    expect(warningsOf([here, coming])).toEqual([
      'cloud east: the copy of the image soft there does not have all its data yet; these jobs will not run there',
    ])
    expect(codeOf(() => settleChoices([coming]))).toBe('ImageBeingCopied')
    expect(codeOf(() => settleChoices([chooseOnCloud(offer('arbutus', []), wanted), coming]))).toBe('ImageBeingCopied')
    const both = chooseOnCloud(offer('east', [copy, image('soft')]), wanted)
    expect(settleChoices([both])).toMatchObject([{ image: { id: 'id-soft' } }])
  })

  it.each<[string, Image[]]>([
    ['ImageAmbiguous', [image('soft'), image('soft', { id: 'other' })]],
    ['ImageNotActive', [image('soft', { status: 'queued' })]],
    ['FlavorTooSmall', [image('soft', { minDiskGb: 100 })]],
  ])('is nowhere if one cloud has a problem: %s', (code, images) => {
    const tried = [offer('arbutus', images), offer('east', [image('soft')])].map((one) => chooseOnCloud(one, wanted))
    expect(codeOf(() => settleChoices(tried))).toBe(code)
  })

  it('takes the smallest flavor that does if none is named', () => {
    const choose = (resources: object): Tried =>
      chooseOnCloud(offer('arbutus', [image('soft')]), { ...wanted, flavor: undefined, resources })
    expect(choose({})).toMatchObject({ choice: { flavor: { name: 'c1-2gb' } } })
    expect(choose({ cpus: 2 })).toMatchObject({ choice: { flavor: { name: 'c2-7.5gb-31' } } })
    expect(choose({ cpus: 64 })).toMatchObject({ problem: { data: { code: 'NoFlavorFits' } } })
  })

  it('cannot be told without an image', () => {
    expect(chooseOnCloud(offer('arbutus', []), { ...wanted, image: undefined })).toMatchObject({
      problem: { data: { code: 'ImageNotNamed', kind: 'usage' } },
    })
  })
})
