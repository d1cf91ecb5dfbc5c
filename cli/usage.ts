import type { CommanderError } from 'commander'
import { Problem } from '#domain/problem.ts'
import { commands } from './commands.ts'
import { programName } from './program.ts'

const codes: Record<string, string> = {
  'commander.unknownCommand': 'CommandUnknown',
  'commander.help': 'CommandMissing',
  'commander.unknownOption': 'OptionUnknown',
  'commander.missingArgument': 'ArgumentMissing',
  'commander.excessArguments': 'ArgumentUnexpected',
  'commander.optionMissingArgument': 'OptionValueMissing',
  'commander.missingMandatoryOptionValue': 'OptionMissing',
  'commander.invalidArgument': 'ValueInvalid',
  'commander.conflictingOption': 'OptionConflict',
}

/** A parser's error as a problem of ours: the same words on every error, and a code for scripts. */
export const usageProblem = (error: CommanderError, argv: readonly string[]): Problem => {
  const words = commandWords(argv)
  const where = [programName, ...words].join(' ')
  const code = codes[error.code] ?? 'UsageInvalid'
  if (code === 'CommandMissing') {
    const group = commands.find(({ name }) => name === words[0])
    const choices = group !== undefined && 'verbs' in group ? group.verbs : commands
    return new Problem({
      code,
      kind: 'usage',
      message: 'say what to do',
      where,
      details: choices.map(({ name, summary }) => `${name.padEnd(10)}  ${summary}`),
      next: `${where} --help`,
    })
  }
  const [, message = error.message, suggestion] =
    /^(?:error: )?([^]*?)(?:\n\(Did you mean ([^]*)\?\))?$/.exec(error.message) ?? []
  return new Problem({
    code,
    kind: 'usage',
    message,
    where,
    next: suggestion === undefined ? `${where} --help` : `did you mean ${suggestion}? (${where} --help lists all)`,
  })
}

/** The noun and the verb that were typed, as far as they exist. */
const commandWords = (argv: readonly string[]): string[] => {
  const words = argv.filter((word) => !word.startsWith('-'))
  const noun = commands.find(({ name }) => words.includes(name))
  if (noun === undefined) return []
  if (!('verbs' in noun)) return [noun.name]
  const after = words.slice(words.indexOf(noun.name) + 1)
  const verb = noun.verbs.find(({ name }) => name === after[0])
  return verb === undefined ? [noun.name] : [noun.name, verb.name]
}
