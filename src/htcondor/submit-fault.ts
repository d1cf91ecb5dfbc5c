import type { SubmitFault } from './condor-error.ts'

/** What `condor_submit` says is wrong with a submit file; `undefined` if its words are not about the file. */
export function submitFault(stderr: string): SubmitFault | undefined {
  const lines = stderr.split('\n').map((line) => line.trim())
  const at = lines.findIndex((line) => /^ERROR:/i.test(line))
  if (at === -1) return undefined
  const first = (lines[at] ?? '').replace(/^ERROR:\s*/i, '')
  const next = lines.slice(at + 1).find((line) => line !== '')
  const [, line, words = ''] = /^on Line (\d+) of submit file:\s*(.*)$/.exec(first) ?? []
  if (line !== undefined) {
    // the reason stands on the same line, or behind the next one's "Line 2: "
    const more = /^Submit:.*?(?:Line \d+|Include Depth \d+): ?(.*)$/.exec(next ?? '')?.[1]
    const message = more ?? (words === '' ? 'this line cannot be understood' : words)
    return { message, line: Number(line) }
  }
  if (first.startsWith('Parse error in expression')) {
    const [, attribute = '', expression = ''] = /^(\S+) = (.*)$/.exec(next ?? '') ?? []
    const attributeAtFault = attribute === '' ? {} : { attribute }
    return { message: `${attribute} cannot be read as an expression: ${expression}`, ...attributeAtFault }
  }
  return { message: first }
}
