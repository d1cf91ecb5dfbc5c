import { commands } from '../commands.ts'
import { outputFormats } from '../io.ts'

export interface Word {
  word: string
  summary: string
  /** What may follow an option. */
  values?: readonly string[] | undefined
  takesValue?: boolean | undefined
}

/** One place in the command tree, and what may be typed there. */
export interface Node {
  /** Words typed so far: '', 'job', 'job list'. */
  path: string
  words: readonly Word[]
  options: readonly Word[]
  files: boolean
}

const globalOptions: readonly Word[] = [
  { word: '-o', summary: 'how to print the result', values: outputFormats, takesValue: true },
  { word: '--output', summary: 'how to print the result', values: outputFormats, takesValue: true },
  { word: '--config', summary: 'configuration file to use', takesValue: true },
  { word: '--no-color', summary: 'no colour' },
  { word: '--verbose', summary: 'say more' },
  { word: '--help', summary: 'show help' },
]

/** Every place of the tree. Loads every command's file. */
export const nodesOfAll = async (): Promise<Node[]> => {
  const nodes: Node[] = [{ path: '', words: commands.map(toWord), options: globalOptions, files: false }]
  for (const entry of commands) {
    if (!('verbs' in entry)) {
      nodes.push(await nodeOf(entry.name, entry.load))
      continue
    }
    nodes.push({ path: entry.name, words: entry.verbs.map(toWord), options: globalOptions, files: false })
    for (const verb of entry.verbs) nodes.push(await nodeOf(`${entry.name} ${verb.name}`, verb.load))
  }
  return nodes
}

const toWord = ({ name, summary }: { name: string; summary: string }): Word => ({ word: name, summary })

type Load = Extract<(typeof commands)[number], { load: unknown }>['load']

const nodeOf = async (path: string, load: Load): Promise<Node> => {
  const { command } = await load()
  const options = (command.options ?? []).flatMap(({ flags, description, choices }) =>
    flags
      .split(/[ ,]+/)
      .filter((part) => part.startsWith('-'))
      .map((word) => ({ word, summary: description, values: choices, takesValue: flags.includes('<') })),
  )
  const values = (command.arguments ?? []).flatMap(({ choices = [], description }) =>
    choices.map((word) => ({ word, summary: description })),
  )
  const files = (command.arguments ?? []).some(({ completes }) => completes === 'file')
  return { path, words: values, options: [...options, ...globalOptions], files }
}

/** Options of all places that are followed by one of a few words, and those words. */
export const optionValues = (nodes: readonly Node[]): Map<string, readonly string[]> =>
  new Map(
    nodes.flatMap(({ options }) =>
      options.flatMap(({ word, values }) => (values === undefined ? [] : [[word, values]])),
    ),
  )

/** Options that are followed by something that the tree does not know. */
export const freeOptions = (nodes: readonly Node[]): string[] => [
  ...new Set(
    nodes.flatMap(({ options }) =>
      options.flatMap(({ word, values, takesValue }) => (takesValue === true && values === undefined ? [word] : [])),
    ),
  ),
]
