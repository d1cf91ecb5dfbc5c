import { styleOf } from './colour.ts'
import { oneLine } from './text.ts'
import type { View } from './view.ts'

/** Names and values of one thing under each other; lines without a value are left out. */
export const details = (lines: readonly (readonly [name: string, value: string | undefined])[], view: View): string => {
  const shown = lines.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]))
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown
    .map(([name, value]) => {
      const text = oneLine(value)
      return `${view.paint('bold', name.padEnd(width))}  ${view.paint(styleOf(text), text)}\n`
    })
    .join('')
}

/** Blocks of text, an empty line between two; empty blocks are left out. */
export const blocks = (...texts: string[]): string => texts.filter((text) => text !== '').join('\n')

/** A block under a title; nothing if it has nothing. */
export const titled = (title: string, text: string, view: View): string =>
  text === '' ? '' : `${view.paint('bold', title)}\n${text}`
