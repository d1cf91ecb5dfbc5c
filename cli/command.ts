import type { Api, Principal } from '#api/types.ts'
import type { ProblemData } from '#domain/problem.ts'
import type { OutputFormat, Streams } from './io.ts'
import type { View } from './render/view.ts'

export interface ArgumentSpec {
  name: string
  description: string
  optional?: true
  variadic?: true
  choices?: readonly string[]
  /** What a shell should offer here. */
  completes?: 'file'
}

export interface OptionSpec {
  /** As commander reads it: `-c, --cert <path>`. */
  flags: string
  description: string
  choices?: readonly string[]
  required?: true
}

export interface Example {
  command: string
  does: string
}

/** What a command prints: one document for programs, and the same for people. */
export interface Result {
  document: { kind: string } & ({ items: readonly unknown[] } | { item: object })
  text: (view: View) => string
  /** Said on stderr instead of a table without rows. */
  empty?: string | undefined
  /** What went wrong although there is something to show; decides the exit code. */
  problem?: ProblemData | undefined
}

/** What a command may use of the world. */
export interface Context {
  streams: Streams
  format: OutputFormat
  verbose: boolean
  environment: Readonly<Record<string, string | undefined>>
  directory: string
  config: string | undefined
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal
  principal: () => Promise<Principal>
  /** Opened at the first call, closed when the command has ended. */
  api: () => Promise<Api>
  /** One line for people, on stderr. */
  note: (line: string) => void
}

/** What the user typed, by the names that the command declared. */
export interface Input {
  argument: (name: string) => string
  optionalArgument: (name: string) => string | undefined
  arguments: (name: string) => string[]
  flag: (name: string) => boolean
  text: (name: string) => string | undefined
}

/** One command: what it accepts, what its help says, what it does. Its file is loaded only when it is asked for. */
export interface CommandSpec {
  arguments?: readonly ArgumentSpec[]
  options?: readonly OptionSpec[]
  /** A paragraph for the command's help. */
  details?: string
  examples: readonly Example[]
  /** Ends by itself after a signal; otherwise the command line ends without waiting for it. */
  endsItself?: true
  run: (context: Context, input: Input) => Promise<Result | undefined>
}
