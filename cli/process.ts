import process from 'node:process'
import { isatty } from 'node:tty'
import { signalExitCodes } from './exit-code.ts'
import { type Output, type Streams, wantsColour } from './io.ts'
import { run } from './run.ts'
import type { OpenApi } from '#api/types.ts'

const outputOf = (stream: NodeJS.WriteStream, tty: boolean, argv: readonly string[]): Output => ({
  write: (text) => void stream.write(text),
  tty,
  // 0 where nobody told the terminal its size.
  columns: tty && stream.columns > 0 ? stream.columns : undefined,
  colour: wantsColour(tty, process.env, argv),
})

/** Runs the command line of this process, with its terminal, signals and pipes, and ends the process. */
export const runProcess = async (loadApi: () => Promise<OpenApi>): Promise<never> => {
  const argv = process.argv.slice(2)
  // Whoever read our output has seen enough (`… | head -1`): no error, and nothing left to say.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  }

  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // The second time the user means it.
      if (ending.signal.aborted) process.exit(signalExitCodes[name])
      ending.abort(name)
    })
  }

  const streams: Streams = {
    out: outputOf(process.stdout, isatty(1), argv),
    err: outputOf(process.stderr, isatty(2), argv),
    // Opened only by what asks: an open stdin is watched until the end.
    get input() {
      return process.stdin
    },
    interactive: isatty(0) && isatty(2),
  }

  const exitCode = await run(argv, {
    streams,
    environment: process.env,
    directory: process.cwd(),
    signal: ending.signal,
    loadApi,
    now: Date.now,
  })

  // Not by the end of the event loop: a connection of some library that lingers must not hold the prompt up.
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((resolve) => stream.write('', resolve))
  }
  return process.exit(exitCode)
}
