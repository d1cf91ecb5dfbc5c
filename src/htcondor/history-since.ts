/** Clocks and the order of history entries may be a little off. */
const marginSeconds = 300

/**
 * condor_history reads backwards from the newest entry; without an end it would read years of history.
 * @param since ms since 1970: jobs that left the queue before are not looked for
 */
export function historySince(since: number | undefined): string[] {
  if (since === undefined) return []
  return ['-since', `EnteredCurrentStatus < ${Math.floor(since / 1000) - marginSeconds}`]
}
