/** One request as the cloud saw it; no headers, no bodies, so no secrets. */
export interface RequestEntry {
  n: number
  /** Milliseconds since the epoch. */
  at: number
  requestId: string
  /** What the client called it (`X-Openstack-Request-Id`). */
  globalRequestId: string | null
  service: string
  method: string
  path: string
  /** null = never answered. */
  status: number | null
  ms: number
  user: string | null
  project: string | null
  /** The kind of fault that struck it. */
  fault: string | null
}

export interface Counters {
  requests: number
  /** By `service METHOD status`. */
  answers: Record<string, number>
  /** Faults that struck, by kind. */
  faults: Record<string, number>
}

const KEPT = 10_000

/** The last requests, and how many there were of each kind since the process started. */
export class RequestLog {
  #entries: RequestEntry[] = []
  readonly #counters: Counters = { requests: 0, answers: {}, faults: {} }

  add(entry: Omit<RequestEntry, 'n'>): void {
    const n = ++this.#counters.requests
    this.#entries.push({ n, ...entry })
    if (this.#entries.length > 2 * KEPT) this.#entries = this.#entries.slice(-KEPT)
    const { answers, faults } = this.#counters
    const key = `${entry.service} ${entry.method} ${entry.status ?? 'unanswered'}`
    answers[key] = (answers[key] ?? 0) + 1
    if (entry.fault !== null) faults[entry.fault] = (faults[entry.fault] ?? 0) + 1
  }

  after(n: number): RequestEntry[] {
    return this.#entries.filter((entry) => entry.n > n)
  }

  counters(): Counters {
    return structuredClone(this.#counters)
  }
}
