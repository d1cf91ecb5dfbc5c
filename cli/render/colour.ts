import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Paint = (style: Style | undefined, text: string) => string

/** Whether to colour was decided once, for the stream; `styleText` is not to decide again by what `process.stdout` is. */
export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text

const styles: Record<string, Style> = {
  running: 'green',
  serving: 'green',
  completed: 'green',
  done: 'green',
  queued: 'cyan',
  enabled: 'green',
  shared: 'green',
  ok: 'green',
  boot: 'green',
  idle: 'yellow',
  transferring: 'cyan',
  requested: 'cyan',
  creating: 'cyan',
  building: 'cyan',
  booted: 'cyan',
  draining: 'yellow',
  deleting: 'yellow',
  warn: 'yellow',
  'half-open': 'yellow',
  copying: 'cyan',
  'copy-failed': 'red',
  held: 'red',
  failed: 'red',
  FAIL: 'red',
  disabled: 'red',
  unreachable: 'red',
  open: 'red',
  gone: 'dim',
  removed: 'dim',
  skip: 'dim',
}

/** One style a state word, everywhere the same. */
export const styleOf = (word: string): Style | undefined => styles[word]
