import { isMap, isSeq, LineCounter, parseDocument, type Node } from 'yaml'

/** The line of each key of a configuration file, by its dotted path. */
export function configOrigins(text: string): Map<string, number> {
  const counter = new LineCounter()
  const { contents } = parseDocument(text, { lineCounter: counter })
  const lines = new Map<string, number>()
  const visit = (node: unknown, path: string): void => {
    if (isMap(node))
      for (const { key, value } of node.items) visit(value, path === '' ? String(key) : `${path}.${String(key)}`)
    else if (isSeq(node) && node.items.some((item) => isMap(item)))
      node.items.forEach((item, i) => visit(item, `${path}.${i}`))
    const range = (node as Node | null)?.range
    if (path !== '' && range !== null && range !== undefined) lines.set(path, counter.linePos(range[0]).line)
  }
  visit(contents, '')
  return lines
}
