/** What stands in a recorded history for what one machine had. */
export type Replacements = readonly (readonly [found: string, neutral: string])[]

/**
 * The same history without the names, places and processes of the machine that recorded it. A replay compares commands by
 * kind, order and type, and what workflows compare are whole texts, each replaced everywhere: it replays as before.
 *
 * @param history as `historyToJSON` gives it
 */
export function neutralHistory(history: string, replacements: Replacements): string {
  const longestFirst = replacements.toSorted(([a], [b]) => b.length - a.length)
  const neutral = (text: string): string =>
    longestFirst.reduce((rest, [found, instead]) => rest.replaceAll(found, instead), text)
  const parsed: unknown = JSON.parse(history, (key, value: unknown) => {
    if (typeof value !== 'string') return value
    // stacks say where the checkout lies, and are not read by anybody
    if (key === 'stackTrace') return ''
    if (key === 'identity') return 'worker-process'
    if (key !== 'data') return neutral(value)
    return Buffer.from(neutral(Buffer.from(value, 'base64').toString())).toString('base64')
  })
  const { events } = parsed as { events: unknown[] }
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`
}

/** Everything that a history says, payloads decoded, to be searched. */
export function wordsOf(history: string): string {
  const words: string[] = []
  JSON.parse(history, (key, value: unknown) => {
    if (typeof value === 'string') words.push(key === 'data' ? Buffer.from(value, 'base64').toString() : value)
    return value
  })
  return words.join('\n')
}
