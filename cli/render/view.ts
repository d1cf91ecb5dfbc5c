import type { Output, OutputFormat } from '../io.ts'
import { type Paint, painter } from './colour.ts'

/** How a text for people is laid out. */
export interface View {
  /** Every column, nothing cut. */
  wide: boolean
  /** Lines longer than this are cut; absent: no limit, since what is no terminal may be a program. */
  width: number | undefined
  paint: Paint
  /** Now, in milliseconds since 1970. */
  now: number
}

export const viewOf = (out: Output, format: OutputFormat, now: number): View => ({
  wide: format === 'wide',
  width: format === 'wide' || !out.tty ? undefined : out.columns,
  paint: painter(out.colour),
  now,
})
