/** Lines of ours stand between these two, so that anyone can tell them from the user's, and remove them. */
export const beginMarker = '# ---- canfar-batch: begin'
export const endMarker = '# ---- canfar-batch: end'

export function isOurMarker(line: string): boolean {
  return line.startsWith('# ---- canfar-batch:')
}

/** One stretch of lines of ours, line ends included. */
export function ourBlock(lines: string[]): string {
  return [beginMarker, ...lines, endMarker, ''].join('\n')
}

/** The user's own bytes of a rendered file: everything outside our markers. */
export function userText(rendered: string): string {
  const kept: string[] = []
  let inside = false
  for (const line of rendered.split(/(?<=\n)/)) {
    const bare = line.trimEnd()
    if (bare === beginMarker) inside = true
    else if (inside && bare === endMarker) inside = false
    else if (!inside) kept.push(line)
  }
  return kept.join('')
}

/** The user's line number of a line of the rendered file, for messages of `condor_submit`; undefined for a line of ours. */
export function userLine(rendered: string, line: number): number | undefined {
  const lines = rendered.split('\n').slice(0, line)
  let inside = false
  let count = 0
  for (const [index, text] of lines.entries()) {
    if (text === beginMarker) inside = true
    if (!inside) count++
    else if (index === line - 1) return undefined
    if (inside && text === endMarker) inside = false
  }
  return count
}
