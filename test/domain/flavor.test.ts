import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance } from '#domain/closest.ts'
import { chooseFlavor, considerFlavors, smallestFlavor, type Flavor } from '#domain/flavor.ts'
import { Problem, type ProblemData } from '#domain/problem.ts'

const flavor = (
  id: string,
  name: string,
  vcpus: number,
  ramMb: number,
  diskGb: number,
  ephemeralGb: number,
): Flavor => ({
  id,
  name,
  vcpus,
  ramMb,
  diskGb,
  ephemeralGb,
})
const flavors = [
  flavor('1', 'm1.tiny', 1, 512, 5, 0),
  flavor('2', 'm1.small', 2, 2048, 20, 0),
  flavor('5d234569', 'c2-7.5gb-31', 2, 7680, 20, 31),
  flavor('db9e8d81', 'c4-15gb-83', 4, 15360, 20, 83),
  flavor('p1', 'p2-3gb', 2, 3072, 0, 0),
]

function problemOf(action: () => unknown): ProblemData {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('no problem')
}

test.each([
  ['c2-7.5gb-31', '5d234569'],
  ['5d234569', '5d234569'],
  ['2', '2'],
  ['m1.tiny', '1'],
])('%s is found by name or by an id of any form', (wanted, id) => {
  expect(chooseFlavor(flavors, wanted).id).toBe(id)
})

test('an unknown one: the valid names, closest first, without those that cannot boot', () => {
  const problem = problemOf(() => chooseFlavor(flavors, 'c2-7.5gb-30', { cloud: 'arbutus' }))
  expect(problem).toMatchObject({ code: 'FlavorUnknown', kind: 'not-found', where: 'cloud arbutus' })
  expect(problem.details?.map((line) => line.split(' ')[0])).toEqual([
    'c2-7.5gb-31',
    'c4-15gb-83',
    'm1.small',
    'm1.tiny',
  ])
})

test.each([
  ['m1.tiny', { bytes: 1, minDiskGb: 20, minRamMb: 0 }, 'root disk 5 GB of 20 GB'],
  ['m1.tiny', { bytes: 6 * 1024 ** 3, minDiskGb: 0, minRamMb: 0 }, 'root disk 5 GB of 6 GB'],
  ['m1.tiny', { bytes: 1, minDiskGb: 0, minRamMb: 2000 }, 'memory 512 MB of 2000 MB'],
  ['p2-3gb', { bytes: 1, minDiskGb: 0, minRamMb: 0 }, 'no root disk of its own'],
])('%s is too small for the image: %j', (wanted, image, reason) => {
  const problem = problemOf(() => chooseFlavor(flavors, wanted, { image }))
  expect(problem.code).toBe('FlavorTooSmall')
  expect(problem.message).toContain(reason)
  expect(problem.details).toContain('c2-7.5gb-31  2 cpus, 7680 MB, 20 GB root, 31 GB scratch')
})

test('without root disk it is taken where VMs boot from volumes, which are as large as need be; else it is said who can allow it', () => {
  const image = { bytes: 1, minDiskGb: 40, minRamMb: 0 }
  expect(chooseFlavor(flavors, 'p2-3gb', { image, bootVolume: true }).name).toBe('p2-3gb')
  expect(problemOf(() => chooseFlavor(flavors, 'p2-3gb', { image, bootVolume: false })).message).toContain(
    'the administrator of this site can let such VMs boot from a volume (bootVolume of the cloud in its configuration)',
  )
  expect(
    problemOf(() => chooseFlavor(flavors, 'p2-3gb', { image: { ...image, minRamMb: 9999 }, bootVolume: true })),
  ).toMatchObject({ code: 'FlavorTooSmall', message: expect.stringContaining('memory') as unknown })
})

test('two of one name, and one that the site excludes', () => {
  expect(problemOf(() => chooseFlavor([...flavors, flavor('9', 'm1.tiny', 1, 1, 1, 1)], 'm1.tiny'))).toMatchObject({
    code: 'FlavorAmbiguous',
    details: [expect.stringMatching(/^1 /), expect.stringMatching(/^9 /)],
  })
  expect(problemOf(() => chooseFlavor(flavors, 'm1.small', { excluded: ['2'] })).code).toBe('FlavorExcluded')
})

describe('by need', () => {
  test('the smallest that fits', () => {
    expect(smallestFlavor(flavors, {}).name).toBe('m1.tiny')
    expect(smallestFlavor(flavors, { cpus: 2, memoryMb: 2000 }).name).toBe('m1.small')
    expect(smallestFlavor(flavors, { cpus: 2, memoryMb: 2000, scratchGb: 10 }).name).toBe('c2-7.5gb-31')
    expect(smallestFlavor(flavors, { cpus: 2, scratchGb: 10 }, { excluded: ['c2-7.5gb-31'] }).name).toBe('c4-15gb-83')
  })

  test('none: the reason for each', () => {
    expect(problemOf(() => smallestFlavor(flavors, { cpus: 8 }))).toMatchObject({
      code: 'NoFlavorFits',
      details: [
        'm1.tiny: cpus 1 of 8',
        'm1.small: cpus 2 of 8',
        expect.stringContaining('p2-3gb: it has no root disk'),
        'c2-7.5gb-31: cpus 2 of 8',
        'c4-15gb-83: cpus 4 of 8',
      ],
    })
  })

  const any = fc
    .tuple(
      fc.uuid(),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(512, 2048, 7680),
      fc.constantFrom(0, 20, 40),
      fc.constantFrom(0, 31),
    )
    .map(([id, vcpus, ram, disk, scratch]) =>
      flavor(id, `f-${vcpus}-${ram}-${disk}-${scratch}`, vcpus, ram, disk, scratch),
    )

  test('the order does not depend on how the cloud lists them, and what is taken meets every need', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { selector: (one) => one.id }),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(0, 20),
        (list, cpus, scratchGb) => {
          const considered = considerFlavors(list, { cpus, scratchGb })
          expect(considerFlavors(list.toReversed(), { cpus, scratchGb })).toEqual(considered)
          const taken = considered.find((one) => one.refusal === undefined)?.flavor
          const good = list.filter((one) => one.vcpus >= cpus && one.ephemeralGb >= scratchGb && one.diskGb > 0)
          expect(taken === undefined).toBe(good.length === 0)
          expect(taken?.vcpus ?? Infinity).toBe(Math.min(...good.map((one) => one.vcpus)))
        },
      ),
    )
  })
})

test('edit distance is a metric', () => {
  const word = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '-') })
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
    }),
  )
})
