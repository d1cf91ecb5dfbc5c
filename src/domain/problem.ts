/** How a caller should treat a problem; the CLI turns each into an exit code (docs/exit-codes.md). */
export type ProblemKind = 'failure' | 'usage' | 'not-found' | 'auth' | 'unreachable'

/** Everything that a person needs to mend a problem, as plain data that survives a workflow's history. */
export interface ProblemData {
  /** Stable name, e.g. `ImageAmbiguous`; scripts may match on it. */
  code: string
  kind: ProblemKind
  /** What is wrong, one sentence, no trailing full stop. */
  message: string
  /** Where: `do_catalogue.sub:7`, `cloud arbutus`, `image 3f0e…`. */
  where?: string
  /** What to do next, as a sentence or a command. */
  next?: string
  /** Further lines: the candidates, the valid names, the places that were searched. */
  details?: string[]
}

/** A problem that its reader can mend: bad input, a missing thing, a missing right. Never a bug of ours. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly data: ProblemData

  constructor(data: ProblemData, options?: ErrorOptions) {
    super(data.where === undefined ? data.message : `${data.where}: ${data.message}`, options)
    this.data = data
  }
}
