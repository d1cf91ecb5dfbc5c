/** The values that HTCondor takes as a boolean where it takes an expression; undefined for any other. */
export function readBoolean(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase()
  if (word === 'true' || word === '1') return true
  if (word === 'false' || word === '0') return false
  return undefined
}

/** The content of a ClassAd string literal; undefined if the text is anything else. */
export function readString(text: string | undefined): string | undefined {
  const match = /^\s*"((?:[^"\\]|\\.)*)"\s*$/s.exec(text ?? '')
  return match?.[1]?.replaceAll(/\\(.)/gs, '$1')
}

/** A ClassAd string literal. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`
}

const units: Record<string, number> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** Bytes of a size as HTCondor writes it: `7.5GB`, `7680` (in `unit`), `2 T`. Undefined for an expression. */
export function readSize(text: string | undefined, unit: 'K' | 'M' | 'G'): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGT])?i?B?\s*$/i.exec(text ?? '')
  const factor = units[(match?.[2] ?? unit).toUpperCase()]
  return match === null || factor === undefined ? undefined : Math.ceil(Number(match[1]) * factor)
}
