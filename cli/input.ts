import type { Command } from 'commander'
import type { Input } from './command.ts'

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Reads a parsed command by the names that its spec declared; a name that it did not declare is our mistake and throws. */
export const inputOf = (command: Command): Input => {
  const options = command.opts<Record<string, unknown>>()
  const positional = (name: string): unknown => {
    const index = command.registeredArguments.findIndex((argument) => argument.name() === name)
    if (index < 0) throw new TypeError(`${command.name()} declares no argument ${name}`)
    return command.processedArgs[index]
  }
  const option = (name: string): unknown => {
    const known = command.options.some((candidate) => candidate.attributeName() === name)
    if (!known) throw new TypeError(`${command.name()} declares no option ${name}`)
    return options[name]
  }
  return {
    argument: (name) => string(positional(name)) ?? '',
    optionalArgument: (name) => string(positional(name)),
    arguments: (name) => strings(positional(name)),
    flag: (name) => option(name) === true,
    text: (name) => string(option(name)),
  }
}
