import { meaningOf, reasonOfFault } from '../vm/nova-status.ts'
import { isImplausibleLoss } from './plausible-loss.ts'
import type { VmEvent } from '../vm/record.ts'
import type { VmState } from '../vm/state.ts'

/** A VM whose workflow runs, as lists of workflows show it. */
export interface ExpectedVm {
  vm: string
  state: VmState
}

/** A server as the cloud's list shows it. */
export interface SeenServer {
  id: string
  name: string
  status: string
  /** Whether its metadata name this control plane. */
  claimed: boolean
  cores: number
  fault?: string
  address?: string
  /** Ids of its volumes that are to be deleted with it. */
  volumes?: string[]
}

/** What one look at a cloud tells. */
export interface CloudPass {
  events: { vm: string; event: VmEvent }[]
  /** How often in a row each VM was missing; given to the next pass. */
  missing: Map<string, number>
  /** So many vanished at once that the list is doubted rather than believed. */
  frozen?: { missing: number; of: number }
}

/** One empty look may be a mistake of the list. */
const looksBeforeAbsent = 2

/** States in which the server was ACTIVE once: before that, a list need not show it yet. */
const wasActive = new Set<VmState>(['booted', 'serving', 'draining', 'held'])

/**
 * Compares a successful, complete list of servers with what is expected there. An incomplete or failed list must not come
 * here: what is unknown changes nothing.
 */
export function cloudPass(
  expected: ExpectedVm[],
  servers: SeenServer[],
  before: ReadonlyMap<string, number>,
  at: number,
): CloudPass {
  // of two that bear a VM's name, the one that at least says that it is ours
  const byName = new Map(
    servers.toSorted((a, b) => Number(a.claimed) - Number(b.claimed)).map((one) => [one.name, one]),
  )
  const absent = expected.filter(({ vm, state }) => wasActive.has(state) && isAbsent(byName.get(vm)))
  const missing = new Map(absent.map(({ vm }) => [vm, (before.get(vm) ?? 0) + 1]))
  const present = expected.flatMap(({ vm, state }) => {
    const event = eventOf(byName.get(vm), state, at)
    return event === undefined ? [] : [{ vm, event }]
  })
  const active = expected.filter(({ state }) => wasActive.has(state)).length
  if (isImplausibleLoss(absent.length, active)) {
    return { events: present, missing: new Map(before), frozen: { missing: absent.length, of: active } }
  }
  const vanished = absent
    .filter(({ vm }) => (missing.get(vm) ?? 0) >= looksBeforeAbsent)
    .map(({ vm, state }) => {
      const note = 'no longer in the list of servers'
      return { vm, event: { kind: 'absent' as const, at, seenIn: state, note } }
    })
  return { events: [...present, ...vanished], missing }
}

function isAbsent(server: SeenServer | undefined): boolean {
  return server === undefined || meaningOf(server.status) === 'gone'
}

/** No event where the VM's own state already agrees with what is seen. */
function eventOf(server: SeenServer | undefined, state: VmState, at: number): VmEvent | undefined {
  if (server === undefined || state === 'deleting' || state === 'gone') return undefined
  const known = {
    at,
    seenIn: state,
    serverId: server.id,
    ...(server.address === undefined ? {} : { address: server.address }),
    ...(server.volumes === undefined ? {} : { volumes: server.volumes }),
  }
  switch (meaningOf(server.status)) {
    case 'active':
      return state === 'building' ? { kind: 'active', ...known } : undefined
    case 'error': {
      const note = server.fault ?? 'the server is in ERROR, without a fault text'
      return { kind: 'cloud-error', ...known, reason: reasonOfFault(note), note }
    }
    case 'off':
      return { kind: 'powered-off', ...known, note: 'the server is SHUTOFF' }
    case 'building':
    case 'maintenance':
    case 'gone':
    case 'unknown':
      return undefined
  }
}
