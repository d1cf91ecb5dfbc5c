import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
import { CloudConfigError } from './config-error.ts'
import { isTree, type Tree } from '../tree.ts'

/** The mapping under `root` (`clouds`, `public-clouds`) of one YAML or JSON file. */
export function readEntries(path: string, root: string): Tree {
  const tree = parseFile(path)
  const entries = tree[root]
  if (entries === undefined || entries === null) return {}
  if (!isTree(entries))
    throw new CloudConfigError('FileInvalid', 'must be a mapping of names to clouds', { path, key: root })
  return entries
}

function parseFile(path: string): Tree {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'), { prettyErrors: true })
  } catch (error) {
    if (error instanceof YAMLParseError) {
      // The parser's own message quotes the line, which may hold a password: only its place is passed on.
      const line = error.linePos?.[0].line
      throw new CloudConfigError(
        'FileInvalid',
        `not valid YAML${line === undefined ? '' : ` (line ${line})`}: ${error.code}`,
        { path },
      )
    }
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new CloudConfigError('FileUnreadable', `cannot be read: ${reason}`, { path }, { cause: error })
  }
  if (content === null) return {}
  if (!isTree(content)) throw new CloudConfigError('FileInvalid', 'must hold a mapping', { path })
  return content
}
