import { literalOf, writeAds, type AdText } from './long-ad.ts'
import { numberOf, queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** The numbers that attributes of job ads evaluate to, in the order of ads and names; `undefined` where it is no number. */
export async function evaluateAds(
  tools: CondorTools,
  ads: readonly AdText[],
  names: readonly string[],
  { signal }: CallOptions = {},
): Promise<(number | undefined)[][]> {
  const literals = ads.map((ad) => names.map((name) => literalOf(ad[name])))
  const values = literals.map((row) => row.map((value) => (typeof value === 'number' ? value : undefined)))
  const open = ads.flatMap((_, index) => (values[index]?.includes(undefined) === true ? [index] : []))
  if (open.length === 0) return values
  // the tool orders ads by job id, so each gets one of its own
  const asked = open.map((index, place) => ({ ...ads[index], ClusterId: String(place + 1), ProcId: '0' }))
  const args = ['-allusers', '-jobads', '-']
  for await (const [place, ...row] of queryRows(tools, 'condor_q', args, ['ClusterId', ...names], {
    signal,
    input: writeAds(asked),
  })) {
    const index = open[Number(place) - 1]
    if (index !== undefined) values[index] = row.map(numberOf)
  }
  return values
}
