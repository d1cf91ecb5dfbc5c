/** A ClassAd as the tools' long form has it: attribute → text of its expression. */
export type AdText = Readonly<Record<string, string>>

/** Ads in long form, with blank lines between them; lines that are no assignment are ignored. */
export async function* readAds(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Record<string, string>> {
  let ad: Record<string, string> | undefined
  for await (const line of lines) {
    const assignment = /^([A-Za-z_][A-Za-z0-9_.]*) ?= ?(.*)$/.exec(line)
    if (assignment !== null) {
      ad ??= {}
      ad[assignment[1] ?? ''] = assignment[2] ?? ''
    } else if (line.trim() === '' && ad !== undefined) {
      yield ad
      ad = undefined
    }
  }
  if (ad !== undefined) yield ad
}

/** The long form of ads, as the tools read it. */
export function writeAds(ads: readonly AdText[]): string {
  return (
    ads
      .map((ad) =>
        Object.entries(ad)
          .map(([name, text]) => `${name} = ${text}\n`)
          .join(''),
      )
      .join('\n') + '\n'
  )
}

/** The value of an expression that is a string or a number by itself; `undefined` for any other. */
export function literalOf(text: string | undefined): string | number | undefined {
  if (text === undefined) return undefined
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
  return /^"([^"\\]|\\.)*"$/.test(text) ? text.slice(1, -1).replaceAll('\\"', '"') : undefined
}
