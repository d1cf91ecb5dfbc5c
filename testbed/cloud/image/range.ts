import { Refusal } from '../refusal.ts'

/**
 * From which byte a `Range` asks for the data, up to their end; null = for all. Glance refuses a range that begins behind
 * them with 416; ranges that end earlier are not played.
 */
export function rangeOf(header: string | undefined, size: number): number | null {
  const [, first] = /^bytes=(\d+)-$/.exec(header ?? '') ?? []
  if (first === undefined) return null
  if (Number(first) >= size) throw new Refusal(416, `Range request ${header ?? ''} is not satisfiable`)
  return Number(first)
}
