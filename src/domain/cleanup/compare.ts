import type { VmState } from '../vm/state.ts'
import { checkKey, controlPlaneKey, doubt, type ServerTraits, type VmProof } from '../vm/ownership.ts'
import { isImplausibleLoss } from '../watch/plausible-loss.ts'
import type { Comparison, Finding } from './findings.ts'

/** A VM's workflow, as lists of workflows show it while it runs. */
export interface RunningVm {
  vm: string
  state: VmState
  batchProject: string
}

/** Our own record of a VM whose workflow is not listed as running. */
export interface VmFile {
  /** `closed`: it came to its end by itself; `cut`: somebody ended it from outside; `running`: lists are behind. */
  status: 'running' | 'closed' | 'cut'
  proof: VmProof
  /** ms since 1970. */
  closedAt?: number
}

/** What a look found in the three places. What could not be read is undefined, and says nothing. */
export interface Sight {
  pool: string
  cloud: string
  controlPlane: string
  /** The project whose servers these are. */
  project: string
  /** All servers of the project: an incomplete list must not come here. */
  servers: readonly ServerTraits[]
  running: readonly RunningVm[]
  /** By name, of all servers that are called like VMs of this cloud and are not running ones, and of the ghosts. */
  files: ReadonlyMap<string, VmFile>
  /** Names of the workers in the pool. */
  workers: readonly string[] | undefined
  /** Names of the machines on which the queue believes jobs to run. */
  hosts: readonly string[] | undefined
  /** When the look began, ms since 1970. */
  at: number
  /** How long after a VM's end its server may still be on the cloud's list, ms. */
  grace: number
}

/** Whether a server or a worker is called as VMs of this pool and cloud are. */
export const isVmName = (name: string, pool: string, cloud: string): boolean =>
  name.startsWith(`${pool}-${cloud}-`) && /^[0-9a-f]{16}$/.test(name.slice(pool.length + cloud.length + 2))

/** A cloud check and its deletion take no longer, ms. */
const checkMs = 3_600_000

/** States in which there was a server once. */
const wasActive = new Set<VmState>(['booted', 'serving', 'draining', 'held'])

/** Compares the cloud, the pool and our records. Pure: what to do about it is in the findings' kinds. */
export function compare(sight: Sight): Comparison {
  const servers = sight.servers.map((server) => ofServer(server, sight))
  const lost = lostVms(sight)
  const active = sight.running.filter(({ state }) => wasActive.has(state)).length
  const frozen = isImplausibleLoss(lost.length, active) ? { missing: lost.length, of: active } : undefined
  return {
    findings: [...servers.filter((found) => found !== 'ours' && found !== 'foreign'), ...lost, ...ghosts(sight)],
    counts: {
      servers: sight.servers.length,
      vms: sight.running.length,
      foreign: servers.filter((found) => found === 'foreign').length,
    },
    ...(frozen === undefined ? {} : { frozen }),
  }
}

function ofServer(server: ServerTraits, sight: Sight): Finding | 'ours' | 'foreign' {
  const { name: vm, id: serverId } = server
  if (!isVmName(vm, sight.pool, sight.cloud)) return 'foreign'
  const unproven = (because: string): Finding => ({ kind: 'unproven', vm, serverId, because })
  const claimed = server.metadata[controlPlaneKey] === sight.controlPlane
  if (sight.running.some((one) => one.vm === vm)) {
    return claimed ? 'ours' : unproven('a VM of this name exists, and this server does not name our control plane')
  }
  const file = sight.files.get(vm)
  if (file === undefined) {
    if (!claimed) return 'foreign'
    const asked = server.metadata[checkKey]
    if (asked === undefined) return unproven('there is no record of a VM of this name')
    // Anybody could have written this: it only puts off what is said of the server, and nothing is done about it in any case.
    const age = Math.abs(sight.at - Date.parse(asked))
    return age < checkMs ? 'ours' : unproven(`it was left by a check of this cloud that began at ${asked}`)
  }
  if (file.status === 'running') return 'ours'
  const why = doubt(server, file.proof)
  if (why !== undefined) return unproven(why)
  if (file.status === 'cut') return { kind: 'adopt', vm, serverId, because: 'its workflow was ended from outside' }
  const over = sight.at - (file.closedAt ?? sight.at)
  if (over < sight.grace) return 'ours'
  return { kind: 'remove', vm, serverId, because: `its VM has been over for ${Math.round(over / 1000)} s` }
}

function lostVms({ running, servers, project }: Sight): Finding[] {
  const names = new Set(servers.map(({ name }) => name))
  return running
    .filter(({ vm, state, batchProject }) => batchProject === project && wasActive.has(state) && !names.has(vm))
    .map(({ vm, state }) => ({ kind: 'lost', vm, because: `it is ${state}, and no server has its name` }))
}

/** Workers and jobs of VMs that neither run nor have a server. */
function ghosts(sight: Sight): Finding[] {
  const alive = new Set([...sight.running.map(({ vm }) => vm), ...sight.servers.map(({ name }) => name)])
  const said = new Map<string, string[]>()
  for (const [what, names] of [
    ['an ad in the pool', sight.workers],
    ['jobs that seem to run on it', sight.hosts],
  ] as const) {
    for (const vm of new Set(names)) {
      if (!isVmName(vm, sight.pool, sight.cloud) || alive.has(vm)) continue
      if (sight.files.get(vm)?.status === 'running') continue
      said.set(vm, [...(said.get(vm) ?? []), what])
    }
  }
  return [...said].map(([vm, whats]) => ({
    kind: 'ghost',
    vm,
    because: `neither a workflow nor a server, but ${whats.join(' and ')}`,
  }))
}
