import { CommanderError, type Command } from 'commander'
import type { Api, OpenApi, Principal } from '#api/types.ts'
import type { CommandSpec, Context, Result } from './command.ts'
import { exitCodes, signalExitCodes } from './exit-code.ts'
import { inputOf } from './input.ts'
import { type OutputFormat, type Streams, requestedFormat } from './io.ts'
import { buildProgram } from './program.ts'
import { painter } from './render/colour.ts'
import { problemOf, renderProblem } from './render/problem.ts'
import { oneLine } from './render/text.ts'
import { usageProblem } from './usage.ts'

/** The world of one run: a process has one, a test makes its own. */
export interface World {
  streams: Streams
  environment: Readonly<Record<string, string | undefined>>
  directory: string
  /** Aborted with the signal's name as reason. */
  signal: AbortSignal
  loadApi: () => Promise<OpenApi>
  now: () => number
}

/** Runs one command line. Never throws: everything that goes wrong is rendered, and told by the exit code. */
export const run = async (argv: readonly string[], world: World): Promise<number> => {
  const { streams } = world
  const format = requestedFormat(argv)
  const failed = async (error: unknown): Promise<number> => {
    const problem = problemOf(error)
    streams.err.write(await renderProblem(problem, format, painter(streams.err.colour)))
    const unexpected = problem.code === 'Unexpected'
    if (argv.includes('--verbose') || argv.includes('-v')) streams.err.write(causes(error, unexpected))
    return exitCodes[problem.kind]
  }
  let exitCode = 0
  const execute = async (spec: CommandSpec, command: Command): Promise<void> => {
    const opened = openOnce(world, command.optsWithGlobals<{ config?: string }>().config)
    const context = contextOf(world, format, command, opened)
    try {
      const result = await spec.run(context, inputOf(command))
      if (result === undefined) return
      await print(result, format, world)
      if (result.problem !== undefined) {
        streams.err.write(await renderProblem(result.problem, format, painter(streams.err.colour)))
        exitCode = exitCodes[result.problem.kind]
      }
      // of a command that ends itself: what it shows is not all that was asked for
      if (world.signal.aborted) exitCode = interrupted(world.signal)
    } finally {
      await opened.close()
    }
  }
  let endsItself = false
  const program = buildProgram(streams, async (spec, command) => {
    endsItself = spec.endsItself === true
    await execute(spec, command)
  })
  const parsed = async (): Promise<number> => {
    try {
      await program.parseAsync(spelledOut(argv), { from: 'user' })
      return exitCode
    } catch (error) {
      if (world.signal.aborted && !endsItself) return interrupted(world.signal)
      if (!(error instanceof CommanderError)) return failed(error)
      return error.exitCode === 0 ? 0 : failed(usageProblem(error, argv))
    }
  }
  return Promise.race([parsed(), interruption(world.signal, () => endsItself)])
}

/** Other ways to write a command line that people's fingers know. */
const spelledOut = (argv: readonly string[]): string[] => {
  const [first, ...rest] = argv
  if (first === undefined) return ['--help']
  if (first === 'help') return [...rest, '--help']
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  if (words.includes('--version') || words.includes('-V')) return ['version', '--output', requestedFormat(argv)]
  return [...argv]
}

const interrupted = (signal: AbortSignal): number => {
  return signal.reason === 'SIGTERM' ? signalExitCodes.SIGTERM : signalExitCodes.SIGINT
}

// A command that hangs in somebody else's call must not hold Ctrl-C up.
const interruption = (signal: AbortSignal, endsItself: () => boolean): Promise<number> =>
  new Promise((resolve) => {
    const ended = () => {
      if (!endsItself()) resolve(interrupted(signal))
    }
    if (signal.aborted) ended()
    else signal.addEventListener('abort', ended, { once: true })
  })

const print = async ({ document, text, empty }: Result, format: OutputFormat, world: World): Promise<void> => {
  const { out, err } = world.streams
  if (format === 'json' || format === 'yaml') {
    const { toJson, toYaml } = await import('./render/document.ts')
    out.write(format === 'json' ? toJson(document) : await toYaml(document))
    return
  }
  if (empty !== undefined) err.write(`${empty}\n`)
  const { viewOf } = await import('./render/view.ts')
  out.write(text(viewOf(out, format, world.now())))
}

const contextOf = (
  world: World,
  format: OutputFormat,
  command: Command,
  opened: ReturnType<typeof openOnce>,
): Context => {
  const options = command.optsWithGlobals<{ config?: string; verbose?: boolean }>()
  return {
    streams: world.streams,
    format,
    verbose: options.verbose === true,
    environment: world.environment,
    directory: world.directory,
    config: options.config,
    signal: world.signal,
    principal: opened.principal,
    api: opened.api,
    note: (line) => world.streams.err.write(`${oneLine(line)}\n`),
  }
}

const openOnce = (world: World, config: string | undefined) => {
  let api: Promise<Api> | undefined
  const principal = async (): Promise<Principal> => {
    const { currentPrincipal } = await import('./principal.ts')
    return currentPrincipal(world.environment)
  }
  const open = async (): Promise<Api> => {
    const openApi = await world.loadApi()
    return openApi(await principal(), { config, env: world.environment, directory: world.directory })
  }
  return {
    principal,
    api: () => (api ??= open()),
    close: async (): Promise<void> => {
      // What could not be opened was reported where it was asked for.
      const current = await api?.catch(() => undefined)
      await current?.close()
    },
  }
}

const causes = (error: unknown, stack: boolean): string => {
  const lines: string[] = []
  for (let current = error, depth = 0; current instanceof Error && depth < 8; current = current.cause, depth += 1) {
    if (depth > 0 || stack) lines.push(`${depth > 0 ? 'caused by: ' : ''}${current.stack ?? current.message}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}
