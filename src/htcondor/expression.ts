/**
 * Text as a string in an expression that a tool is given. What escapes mean differs between old and new ClassAds, so nothing
 * that would need one is taken; names, ids and paths of ours have none.
 * @throws TypeError
 */
export function quoteText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f"\\]/.test(text))
    throw new TypeError(`cannot stand in an HTCondor expression: ${JSON.stringify(text)}`)
  return `"${text}"`
}

export function all(...conditions: (string | undefined)[]): string {
  return conditions
    .filter((one) => one !== undefined)
    .map((one) => `(${one})`)
    .join(' && ')
}

export function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.map((one) => `(${one})`).join(' || ')
}

/** These jobs, each `<cluster>.<proc>`. */
export function jobsWithIds(ids: readonly string[]): string {
  return any(
    ids.map((id) => id.split('.')).map(([cluster, proc]) => all(`ClusterId == ${cluster}`, `ProcId == ${proc}`)),
  )
}

/** Jobs of these clusters. */
export function inClusters(ids: readonly number[]): string {
  return any(ids.map((id) => `ClusterId == ${id}`))
}
