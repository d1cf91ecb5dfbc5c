import { expect, test } from 'vitest'
import { parseAmount, parseSize } from '../../cli/size.ts'

test.each([
  ['4G', 'M', 4 * 1024 ** 3],
  ['3500', 'M', 3500 * 1024 ** 2],
  ['1.5 tb', 'G', 1.5 * 1024 ** 4],
  ['50', 'G', 50 * 1024 ** 3],
] as const)('%s with %s as its unit', (text, unit, bytes) => {
  expect(parseSize(text, unit, '--memory')).toBe(bytes)
})

test.each(['', '0', '-1', '4X', 'much', '1 + 1'])('%j is no size', (text) => {
  expect(() => parseSize(text, 'M', '--memory')).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ code: 'SizeInvalid', where: '--memory' }) }),
  )
})

test.each(['', '0', '-1', '1.5', '99999999999999999999'])('%j is no number of processors', (text) => {
  expect(() => parseAmount(text, '--cpus')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('cpus') }),
  )
})

test('a number is one', () => {
  expect(parseAmount('16', '--cpus')).toBe(16)
})
