/** What `condor_q -better-analyze` of one job against one machine says: whose requirements are in the way. */
export function readVerdict(analysis: string): 'matches' | 'job' | 'machine' | undefined {
  const figure = (words: RegExp): number => Number(words.exec(analysis)?.[1] ?? 0)
  if (figure(/^\s*(\d+) are rejected by your job's requirements/m) > 0) return 'job'
  if (figure(/^\s*(\d+) reject your job because of their own requirements/m) > 0) return 'machine'
  const able = figure(/^\s*(\d+) are able to run your job/m) + figure(/^\s*(\d+) match but are serving other users/m)
  return able > 0 ? 'matches' : undefined
}

interface Step {
  matched: number
  text: string
}

/** The parts of a requirements expression that no machine (or job) meets, from the table of the analysis; alternatives in one. */
export function readClauses(analysis: string): string[] {
  const table = analysis.slice(analysis.indexOf('reduces to these conditions'))
  const steps = new Map<string, Step>()
  for (const [, step = '', matched, text = ''] of table.matchAll(/^\[(\d+)\]\s+(\d+)\s+(\S.*)$/gm)) {
    steps.set(step, { matched: Number(matched), text: text.trim() })
  }
  const used = new Set([...steps.values()].flatMap(({ text }) => referencesIn(text)))
  return [...steps]
    .filter(([step, { matched }]) => matched === 0 && !used.has(step))
    .map(([, { text }]) => expand(text, steps))
}

/** A step that joins others is written `[9] || [10]`. */
function referencesIn(text: string): string[] {
  return isJoin(text) ? [...text.matchAll(/\[(\d+)\]/g)].map(([, step = '']) => step) : []
}

function isJoin(text: string): boolean {
  return /^\[\d+\]( (\|\||&&|\?|:) \[\d+\])+$|^! ?\[\d+\]$/.test(text)
}

function expand(text: string, steps: ReadonlyMap<string, Step>): string {
  if (!isJoin(text)) return text
  return text.replaceAll(/\[(\d+)\]/g, (reference, step: string) => {
    const part = steps.get(step)
    return part === undefined ? reference : `(${expand(part.text, steps)})`
  })
}
