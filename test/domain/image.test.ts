import { expect, test } from 'vitest'
import { chooseImage, type Image } from '#domain/image.ts'
import { Problem, type ProblemData } from '#domain/problem.ts'

const image = (more: Partial<Image>): Image => ({
  id: '40ad960b',
  name: 'catalogue-software-2023-08-21',
  status: 'active',
  visibility: 'private',
  owner: 'canfar',
  bytes: 3 * 1024 ** 3,
  minDiskGb: 20,
  minRamMb: 0,
  createdAt: '2023-08-21T10:00:00Z',
  ...more,
})
const images = [image({}), image({ id: 'c530476e', name: 'image-reduction' })]

function problemOf(action: () => unknown): ProblemData {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('no problem')
}

test('by id and by exact name; an id goes before a name', () => {
  expect(chooseImage(images, 'c530476e').name).toBe('image-reduction')
  expect(chooseImage(images, 'image-reduction').id).toBe('c530476e')
  expect(chooseImage([...images, image({ id: 'x', name: 'c530476e' })], 'c530476e').id).toBe('c530476e')
})

test('unknown: similar names first', () => {
  expect(problemOf(() => chooseImage(images, 'Image-Reduction', 'arbutus'))).toMatchObject({
    code: 'ImageUnknown',
    kind: 'not-found',
    where: 'cloud arbutus',
    details: ['image-reduction', 'catalogue-software-2023-08-21'],
  })
})

test('several: ids, dates, sizes, newest first', () => {
  const twin = image({ id: 'new', createdAt: '2024-01-01T00:00:00Z', bytes: 5 * 1024 ** 2, status: 'queued' })
  expect(problemOf(() => chooseImage([...images, twin], twin.name))).toMatchObject({
    code: 'ImageAmbiguous',
    details: ['new  2024-01-01T00:00:00Z  5.0 MB  queued', '40ad960b  2023-08-21T10:00:00Z  3.0 GB  active'],
  })
})

test.each([
  [{ status: 'queued', bytes: 0 }, 'ImageNotActive', /Wait/],
  [{ status: 'deactivated' }, 'ImageNotActive', /another/],
  [{ bytes: 0, blockDeviceMapping: '[{"boot_index": 0}]' }, 'ImageVolumeBacked', /not from a volume/],
])('%j is %s', (more, code, next) => {
  expect(problemOf(() => chooseImage([image(more)], '40ad960b'))).toMatchObject({
    code,
    next: expect.stringMatching(next),
    where: 'image 40ad960b',
  })
})

test('an empty mapping, as Nova writes it for ordinary snapshots, is none', () => {
  expect(chooseImage([image({ blockDeviceMapping: '[]' })], '40ad960b').id).toBe('40ad960b')
})
