import type { Output } from '../io.ts'
import { oneLine } from './text.ts'

export interface Progress {
  /** The state of things now, in one line. */
  update: (line: string) => void
  /** Leaves the terminal as other output expects it. */
  end: () => void
}

const clearLine = '\r\u001B[K'

/** On a terminal one line that is written over; elsewhere a line for each change, so that a log of it can be read. */
export const createProgress = (err: Output): Progress => {
  let last = ''
  return {
    update: (text) => {
      const line = oneLine(text)
      if (line === last) return
      last = line
      if (err.tty)
        err.write(
          clearLine +
            Array.from(line)
              .slice(0, (err.columns ?? 80) - 1)
              .join(''),
        )
      else err.write(`${line}\n`)
    },
    end: () => {
      if (err.tty && last !== '') err.write(clearLine)
    },
  }
}
