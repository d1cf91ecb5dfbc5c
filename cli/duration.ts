import { Problem } from '#domain/problem.ts'

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Reads `90s`, `10m`, `2h`, `1d`; a bare number is seconds.
 *
 * @returns milliseconds
 * @throws Problem of kind `usage`
 */
export const parseDuration = (text: string, option: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim())
  const unit = units[match?.[2] ?? 's']
  const value = Number(match?.[1]) * (unit ?? Number.NaN)
  // setTimeout counts in 32 bits: more would fire at once.
  if (!(value > 0 && value <= 2 ** 31 - 1)) {
    throw new Problem({
      code: 'DurationInvalid',
      kind: 'usage',
      message: `'${text}' is no length of time`,
      where: option,
      next: 'write it as 90s, 10m, 2h or 1d (at most 24d)',
    })
  }
  return value
}
