/** Something that does not agree between the clouds, the pool and our own records; each but the last kind has a deed that mends it. */
export type Finding =
  /** A server of ours whose workflow was ended from outside: its workflow is started again. */
  | { kind: 'adopt'; vm: string; serverId: string; because: string }
  /** A server of ours whose workflow is over: drained and deleted. */
  | { kind: 'remove'; vm: string; serverId: string; because: string }
  /** A VM whose workflow runs and whose server is nowhere: its workflow is told. */
  | { kind: 'lost'; vm: string; because: string }
  /** Ads or jobs of a VM that is nowhere. */
  | { kind: 'ghost'; vm: string; because: string }
  /** Ports and addresses of a server that is gone, and the volumes that were made for it. */
  | { kind: 'dependents'; vm: string; serverId: string; because: string }
  /** It looks like ours and is not provably so: for a person, and never touched. */
  | { kind: 'unproven'; vm: string; serverId: string; because: string }

export type FindingKind = Finding['kind']

/** One look at a cloud, compared with the pool and our records. */
export interface Comparison {
  findings: Finding[]
  counts: {
    /** All servers of the project. */
    servers: number
    /** VMs whose workflow runs. */
    vms: number
    /** Servers that have nothing to do with us; they are counted and never touched. */
    foreign: number
  }
  /** So many VMs are missing at once that the cloud's list is doubted: they are not believed to be lost. */
  frozen?: { missing: number; of: number }
}

const identity = (finding: Finding): string =>
  [finding.kind, finding.vm, 'serverId' in finding ? finding.serverId : ''].join(' ')

/** What both of two looks found: one look may have met the world in the middle of a change. */
export function confirmed(first: Comparison, second: Comparison): Comparison {
  const before = new Set(first.findings.map(identity))
  return { ...second, findings: second.findings.filter((finding) => before.has(identity(finding))) }
}
