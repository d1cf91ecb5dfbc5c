/** What the pool's event log says of one job's life, in order. */
export interface JobEvent {
  /** HTCondor's number of the kind: 1 it runs, 4 evicted, 5 ended, 7 shadow exception, 9 removed, 12 held, 22 connection lost … */
  kind: number
  job: string
  /** ms since 1970; the log knows seconds. */
  at: number
  /** The worker VM on which it was put; of kind 1 only. */
  vm?: string
}

const head = /^(\d{3}) \((\d+)\.(\d+)\.\d+\) (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/

/** The format of user logs with ISO dates in UTC; what is no event of a job is left out. */
export function readEventLog(text: string): JobEvent[] {
  return text.split('\n...\n').flatMap((block) => {
    const found = head.exec(block)
    if (found === null) return []
    const [, kind, cluster, proc, day, time] = found
    const slot = /SlotName: \S*@([\w-]+)/.exec(block)?.[1]
    return [
      {
        kind: Number(kind),
        job: `${Number(cluster)}.${Number(proc)}`,
        at: Date.parse(`${day}T${time}Z`),
        ...(slot !== undefined && { vm: slot }),
      },
    ]
  })
}
