import { expect, test } from 'vitest'
import { painter } from '../../cli/render/colour.ts'
import { type Column, table } from '../../cli/render/table.ts'
import { oneLine } from '../../cli/render/text.ts'
import { ago, duration, relative } from '../../cli/render/time.ts'
import type { View } from '../../cli/render/view.ts'
import { now } from './support.ts'

const view = (change: Partial<View> = {}): View => ({
  wide: false,
  width: undefined,
  paint: painter(false),
  now,
  ...change,
})

interface Row {
  name: string
  text: string
  note?: string
}
const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'TEXT', value: ({ text }) => text, shrink: true },
  { title: 'SIZE', value: ({ text }) => String(text.length), align: 'right', only: 'wide' },
  { title: 'NOTE', value: ({ note }) => note ?? '', only: 'filled' },
]

test('columns are as wide as their widest cell; absent values are a dash; no line ends in blanks', () => {
  const rows = [
    { name: 'a', text: 'short' },
    { name: 'longer', text: '' },
  ]
  expect(table(rows, columns, view())).toBe('NAME    TEXT\na       short\nlonger  -\n')
})

test('wide shows all columns, a filled column only comes with a value', () => {
  const rows = [{ name: 'a', text: 'xy', note: 'n' }]
  expect(table(rows, columns, view({ wide: true }))).toBe('NAME  TEXT  SIZE  NOTE\na     xy       2  n\n')
})

test('only what may be cut is cut to the width of the terminal', () => {
  const rows = [{ name: 'a-name-that-stays', text: 'a long text that gives way' }]
  const lines = table(rows, columns, view({ width: 32 })).split('\n')
  expect(lines[1]).toBe('a-name-that-stays  a long text …')
  expect(lines[1]).toHaveLength(32)
  expect(table(rows, columns, view({ width: 10 }))).toContain('a-name-that-stays  a long …')
})

test('no rows, no head', () => {
  expect(table([], columns, view())).toBe('')
})

test('a cell is one line without control characters', () => {
  expect(oneLine('a\nb\tc\u001B[31m\u0000\u009B')).toBe('a b c\uFFFD[31m\uFFFD\uFFFD')
})

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [190_000, '3m10s'],
  [599_000, '9m59s'],
  [600_000, '10m'],
  [3_600_000, '1h'],
  [7_500_000, '2h05m'],
  [86_400_000, '1d'],
  [273_600_000, '3d4h'],
  [900_000_000, '10d'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('moments are told relative to now', () => {
  expect(relative('2025-11-21T07:59:30.000Z', now)).toBe('30s')
  expect(relative('2025-11-21T10:00:00.000Z', now)).toBe('in 2h')
  expect(relative(undefined, now)).toBe('')
  expect(ago('2025-11-21T07:59:30.000Z', now)).toBe('30s ago')
  expect(ago('2025-11-21T10:00:00.000Z', now)).toBe('in 2h')
})
