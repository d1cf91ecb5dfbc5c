/** What one run of `condor_submit` left in queue and history. */
export interface Attempt {
  id: string
  /** Cluster → number of its jobs. */
  clusters: Map<number, number>
  /** Clusters that are job factories which have not made a job yet. */
  paused: Set<number>
  /** Some job is, or was, more than waiting for its first release: running, done, removed by its owner … */
  touched: boolean
  /** Every trace of it is a job that we removed as a duplicate. */
  discarded: boolean
}

/** One job's trace. */
export interface Trace {
  attempt: string
  cluster: number
  /** How many jobs were submitted in that cluster, whatever became of them. */
  jobs: number
  paused?: boolean
  state: 'waiting' | 'touched' | 'discarded'
}

export function collectAttempts(): { add: (trace: Trace) => void; attempts: () => Attempt[] } {
  const found = new Map<string, Attempt>()
  return {
    add: ({ attempt: id, cluster, jobs, state, paused }) => {
      const known = found.get(id) ?? { id, clusters: new Map(), paused: new Set(), touched: false, discarded: true }
      known.clusters.set(cluster, Math.max(known.clusters.get(cluster) ?? 0, jobs))
      if (paused === true) known.paused.add(cluster)
      known.touched ||= state === 'touched'
      known.discarded &&= state === 'discarded'
      found.set(id, known)
    },
    attempts: () => [...found.values()],
  }
}

/**
 * Which attempt stays. One that has been released, or that its owner did something with, comes before those that still wait;
 * else the lowest cluster: whoever looks, whenever, decides alike.
 */
export function chooseAttempt(attempts: readonly Attempt[]): { kept: Attempt | undefined; duplicates: Attempt[] } {
  const [kept, ...duplicates] = attempts
    .filter(({ discarded }) => !discarded)
    .toSorted((a, b) => Number(b.touched) - Number(a.touched) || lowest(a) - lowest(b))
  return { kept, duplicates }
}

function lowest({ clusters }: Attempt): number {
  return Math.min(...clusters.keys())
}
