import type { Result } from '../command.ts'
import { type Column, table } from './table.ts'
import type { View } from './view.ts'

/** Several things of a kind: a table for people. */
export const list = <Row>(
  kind: string,
  items: readonly Row[],
  columns: readonly Column<Row>[],
  empty: string,
): Result => ({
  document: { kind, items },
  text: (view) => table(items, columns, view),
  empty: items.length === 0 ? empty : undefined,
})

/** One thing. */
export const one = (kind: string, item: object, text: (view: View) => string): Result => ({
  document: { kind, item },
  text,
})
