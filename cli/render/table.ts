import { type Style, styleOf } from './colour.ts'
import { oneLine } from './text.ts'
import type { View } from './view.ts'

export interface Column<Row> {
  title: string
  value: (row: Row, view: View) => string
  align?: 'right'
  /** May be cut when the line is longer than the terminal. */
  shrink?: true
  /** `wide`: only in `-o wide`. `filled`: only if some row has a value. */
  only?: 'wide' | 'filled'
  /** Coloured as the state word that it is. */
  state?: true
}

const gap = '  '
const least = 8

interface Cells {
  title: string
  values: string[]
  width: number
  right: boolean
  shrink: boolean
  style: (value: string) => Style | undefined
}

/** A table without borders, so that grep, cut and awk work on it. Without rows it is empty. */
export const table = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], view: View): string => {
  if (rows.length === 0) return ''
  const cells = columns
    .filter((column) => column.only !== 'wide' || view.wide)
    .map((column) => cellsOf(rows, column, view))
    .filter((column) => !column.dropped)
  if (view.width !== undefined) shrink(cells, view.width)
  const lines = rows.map((_, index) =>
    line(cells, (column) => ({
      text: column.values[index] ?? '',
      paint: (padded) => view.paint(column.style(column.values[index] ?? ''), padded),
    })),
  )
  const head = line(cells, (column) => ({ text: column.title, paint: (padded) => view.paint('bold', padded) }))
  return [head, ...lines].map((text) => `${text}\n`).join('')
}

const cellsOf = <Row>(rows: readonly Row[], column: Column<Row>, view: View): Cells & { dropped: boolean } => {
  const values = rows.map((row) => oneLine(column.value(row, view)))
  return {
    title: column.title,
    values: values.map((value) => (value === '' ? '-' : value)),
    width: Math.max(lengthOf(column.title), 1, ...values.map(lengthOf)),
    right: column.align === 'right',
    shrink: column.shrink === true,
    style: column.state === true ? styleOf : () => undefined,
    dropped: column.only === 'filled' && values.every((value) => value === ''),
  }
}

// The widest column that may be cut gives first, so that short ones stay whole.
const shrink = (cells: Cells[], width: number): void => {
  let excess = cells.reduce((sum, column) => sum + column.width, gap.length * (cells.length - 1)) - width
  while (excess > 0) {
    const widest = cells
      .filter((column) => column.shrink && column.width > least)
      .toSorted((a, b) => b.width - a.width)[0]
    if (widest === undefined) return
    widest.width -= 1
    excess -= 1
  }
}

const line = (
  cells: readonly Cells[],
  cell: (column: Cells) => { text: string; paint: (padded: string) => string },
): string =>
  cells
    .map((column, index) => {
      const { text, paint } = cell(column)
      const shown = cut(text, column.width)
      const room = ' '.repeat(Math.max(0, column.width - lengthOf(shown)))
      if (column.right) return room + paint(shown)
      return paint(shown) + (index === cells.length - 1 ? '' : room)
    })
    .join(gap)

const lengthOf = (text: string): number => Array.from(text).length

const cut = (text: string, width: number): string =>
  lengthOf(text) <= width
    ? text
    : `${Array.from(text)
        .slice(0, width - 1)
        .join('')}…`
