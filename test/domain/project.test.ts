import { describe, expect, test } from 'vitest'
import { chooseProject } from '#domain/project.ts'

const id = (digit: string): string => digit.repeat(32)
const known = [
  { id: id('a'), name: 'cosmology' },
  { id: id('b'), name: 'lensing' },
  { id: id('c'), name: id('a') },
  { id: id('d'), name: 'planets' },
  { id: id('e'), name: 'planets' },
]
const problem = (data: object) => expect.objectContaining({ data: expect.objectContaining(data) })

describe('a project is', () => {
  test.each([
    ['lensing', id('b')],
    [id('b'), id('b')],
    [id('a'), id('a')],
  ])('the known one that %s names; an id goes before a name', (wanted, found) => {
    expect(chooseProject(known, wanted, 'arbutus').id).toBe(found)
  })

  test.each([id('f'), '0f6d2c1e-59a1-4a59-8b1c-5f1b8a3d0001', id('7').repeat(2)])(
    'one that nobody knows, by an id: %s',
    (wanted) => {
      expect(chooseProject(known, wanted, 'arbutus')).toEqual({ id: wanted })
    },
  )
})

test('a name that nobody knows would be shared with nobody: the closest that there are', () => {
  expect(() => chooseProject(known, 'lensin', 'arbutus')).toThrow(
    problem({
      code: 'ProjectUnknown',
      where: 'cloud arbutus',
      details: expect.arrayContaining(['lensing']),
      next: expect.stringContaining('OS_PROJECT_ID'),
    }),
  )
})

test('several of one name are told apart by their ids', () => {
  expect(() => chooseProject(known, 'planets', 'arbutus')).toThrow(
    problem({ code: 'ProjectAmbiguous', details: [id('d'), id('e')] }),
  )
})
