import { Argument, Command, Option } from 'commander'
import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts'
import { type Leaf, commands } from './commands.ts'
import { outputFormats, type Streams } from './io.ts'
import { painter } from './render/colour.ts'

export const programName = 'canfar-batch'

const bold = (text: string): string => painter(true)('bold', text)

/** What the parser calls when it knows which command is meant. */
export type Execute = (spec: CommandSpec, command: Command) => Promise<void>

/** The command tree. A command's own file is loaded when the parser has arrived at it, so that help and errors cost no more than the parser. */
export const buildProgram = (streams: Streams, execute: Execute): Command => {
  const program = new Command(programName)
    .description(
      'Batch jobs of astronomers on OpenStack clouds: worker VMs boot because jobs wait, and go when none are left.',
    )
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      // Usage errors are thrown and rendered like every other problem.
      writeErr: () => {},
      outputError: () => {},
      getOutHasColors: () => streams.out.colour,
      getOutHelpWidth: () => Math.min(streams.out.columns ?? 100, 120),
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: bold })
    .exitOverride()
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(outputFormats).default('table'))
    .option('--config <file>', 'configuration file to use')
    .option('--no-color', 'no colour, whatever the terminal can do')
    .option('-v, --verbose', 'say more: causes and stacks of errors')
    .option('-V, --version', 'print the version')
    .addHelpText('after', rootHelp(streams.out.colour ? bold : String))
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary)
    if (!('verbs' in entry)) continue
    for (const verb of entry.verbs) command.command(verb.name).description(verb.summary)
    loadOnDemand(command, entry.verbs, streams, execute)
  }
  loadOnDemand(
    program,
    commands.filter((entry) => 'load' in entry),
    streams,
    execute,
  )
  return program
}

const loadOnDemand = (parent: Command, leaves: readonly Leaf[], streams: Streams, execute: Execute): void => {
  parent.hook('preSubcommand', async (_parent, child) => {
    const leaf = leaves.find(({ name }) => name === child.name())
    if (leaf === undefined) return
    const { command: spec } = await leaf.load()
    declare(child, spec, streams.out.colour)
    child.action(() => execute(spec, child))
  })
}

const declare = (command: Command, spec: CommandSpec, colour: boolean): void => {
  for (const argument of spec.arguments ?? []) command.addArgument(toArgument(argument))
  for (const option of spec.options ?? []) command.addOption(toOption(option))
  const paint = painter(colour)
  const examples = spec.examples.map(({ command: line, does }) => `  ${paint('dim', `# ${does}`)}\n  $ ${line}\n`)
  const details = spec.details === undefined ? '' : `\n${spec.details}\n`
  command.addHelpText('after', `${details}\n${paint('bold', 'Examples:')}\n${examples.join('\n').trimEnd()}`)
}

const toArgument = ({ name, description, optional, variadic, choices }: ArgumentSpec): Argument => {
  const full = variadic === true ? `${name}...` : name
  const argument = new Argument(optional === true ? `[${full}]` : `<${full}>`, description)
  return choices === undefined ? argument : argument.choices(choices)
}

const toOption = ({ flags, description, choices, required }: OptionSpec): Option => {
  const option = new Option(flags, description)
  if (choices !== undefined) option.choices(choices)
  if (required === true) option.makeOptionMandatory()
  return option
}

const rootHelp = (title: (text: string) => string): string => `
${title('Examples:')}
  # hand in a submit file; its jobs run in the image, on VMs of the flavor
  $ ${programName} submit do_catalogue.sub catalogue-software-2023-08-21 c2-7.5gb-31

  # why does my job wait?
  $ ${programName} job why 12.0

  # is everything in place?
  $ ${programName} doctor

Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 credentials or configuration, 5 unreachable or timed out, 130 interrupted.
'${programName} <command> --help' explains a command, with examples.`
