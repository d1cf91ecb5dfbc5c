/**
 * What keeps a ClassAd expression from standing alone inside brackets of ours; undefined if nothing does.
 * Not a full check (HTCondor's own parser makes that): only that no bracket or quote of it reaches beyond.
 */
export function unbalanced(expression: string): string | undefined {
  const open: string[] = []
  const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
  for (let at = 0; at < expression.length; at++) {
    const character = expression.charAt(at)
    if (character === '"' || character === "'") {
      const end = closingQuote(expression, at)
      if (end < 0) return `the quote ${character} is never closed`
      at = end
    } else if (character === '(' || character === '[' || character === '{') open.push(character)
    else {
      const wanted = pairs[character]
      if (wanted !== undefined && open.pop() !== wanted) return `"${character}" has no "${wanted}" before it`
    }
    if (character === '#') return 'HTCondor has no comments after a value, but it contains #'
    if (expression.startsWith('/*', at) || expression.startsWith('//', at)) return 'it contains a comment'
  }
  const left = open.pop()
  return left === undefined ? undefined : `"${left}" is never closed`
}

function closingQuote(text: string, from: number): number {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return -1
}
