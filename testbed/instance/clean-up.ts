import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { testbedHome } from './folders.ts'
import { bootId, type Entry, Ledger, LEDGER, type LedgerContents, type Resource } from './ledger.ts'
import { withLock } from './lock.ts'
import { isRunning, processesWithVariable, thisProcess } from './process-table.ts'
import { endProcesses, remove } from './removal.ts'

/** Environment variable of every daemon: finds the child of an owner that died between starting it and noting its pid. */
export const MARK = 'CANFAR_TESTBED_INSTANCE'

/** `elsewhere`: made on another host that shares this folder; nobody here can tell. */
export type InstanceState = 'live' | 'kept' | 'dead' | 'elsewhere'

export interface Cleaned {
  state: InstanceState | 'absent'
  removed: Resource[]
  failed: { resource: Resource; why: string }[]
}

export interface CleanUpOptions {
  /** Also remove an instance that its owner left running on purpose. */
  kept?: boolean
  progress?: (line: string) => void
}

/** Whether somebody still uses an instance. */
export function stateOf(contents: LedgerContents): InstanceState {
  const { opening, entries, kept } = contents
  if (opening === undefined) return 'dead'
  if (opening.host !== hostname()) return 'elsewhere'
  if (opening.boot !== bootId()) return 'dead'
  const running = entries.some((entry) => entry.process !== undefined && isRunning(entry.process))
  if (kept) return running ? 'kept' : 'dead'
  return isRunning(opening.owner) ? 'live' : 'dead'
}

const isOwn = (contents: LedgerContents): boolean => {
  const [owner, self] = [contents.opening?.owner, thisProcess()]
  return owner?.pid === self.pid && owner.start === self.start
}

/** In which order kinds go: nothing may still run in, or be mounted over, what is removed next. */
const ORDER: Resource['kind'][] = ['mount', 'netns', 'link', 'account', 'folder']

/**
 * Removes what a ledger lists and nothing else. Idempotent: what fails stays listed for the next try. An instance whose
 * owner lives is not touched, unless the owner is the caller.
 */
export async function cleanUp(folder: string, options: CleanUpOptions = {}): Promise<Cleaned> {
  const nothing = { removed: [], failed: [] }
  if (!existsSync(join(folder, LEDGER))) return { state: 'absent', ...nothing }
  const real = realpathSync(folder)
  return withLock(`clean-up ${real}`, async () => {
    if (!existsSync(join(real, LEDGER))) return { state: 'absent', ...nothing }
    const ledger = new Ledger(join(real, LEDGER))
    const contents = ledger.read()
    const state = stateOf(contents)
    if (state === 'elsewhere') return { state, ...nothing }
    if (state === 'live' && !isOwn(contents)) return { state, ...nothing }
    if (state === 'kept' && options.kept !== true) return { state, ...nothing }
    return { state, ...(await removeAll(real, ledger, contents, options.progress ?? (() => {}))) }
  })
}

async function removeAll(
  folder: string,
  ledger: Ledger,
  contents: LedgerContents,
  progress: (line: string) => void,
): Promise<Omit<Cleaned, 'state'>> {
  const removed: Resource[] = []
  const failed: Cleaned['failed'] = []
  const done = (entry: Entry): void => {
    removed.push(entry.resource)
    // The instance's own folder goes last, and its ledger with it.
    if (existsSync(ledger.path)) ledger.removed(entry.key)
  }
  const sameBoot = contents.opening?.boot === bootId()
  const processes = contents.entries.filter((entry) => entry.resource.kind === 'process')
  const id = contents.opening?.id
  const listed = processes.map((entry) => entry.process).filter((ref) => ref !== undefined)
  const left = sameBoot
    ? await endProcesses(() => [...listed, ...(id === undefined ? [] : processesWithVariable(MARK, id))])
    : []
  for (const entry of processes) {
    const why = left.find((ref) => ref.pid === entry.process?.pid)
    if (why === undefined) done(entry)
    else failed.push({ resource: entry.resource, why: `process ${why.pid} does not end` })
  }
  for (const kind of ORDER) {
    const own = (entry: Entry): boolean => entry.resource.kind === 'folder' && entry.resource.path === folder
    const entries = contents.entries.filter((entry) => entry.resource.kind === kind).toReversed()
    for (const entry of entries.toSorted((a, b) => Number(own(a)) - Number(own(b)))) {
      if (own(entry) && failed.length > 0) continue
      try {
        await remove(entry.resource)
        done(entry)
      } catch (error) {
        failed.push({ resource: entry.resource, why: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  for (const { resource, why } of failed)
    progress(`could not remove ${resource.kind} ${'path' in resource ? resource.path : resource.name}: ${why}`)
  return { removed, failed }
}

export interface InstanceListing {
  id: string
  folder: string
  state: InstanceState
}

/** All instances of this account, whatever their state. */
export function listInstances(home: string = testbedHome()): InstanceListing[] {
  if (!existsSync(home)) return []
  return readdirSync(home)
    .filter((id) => existsSync(join(home, id, LEDGER)))
    .map((id) => ({ id, folder: join(home, id), state: stateOf(new Ledger(join(home, id, LEDGER)).read()) }))
}

export function findDeadInstances(home?: string): InstanceListing[] {
  return listInstances(home).filter((instance) => instance.state === 'dead')
}

/** Cleans up after every dead instance of this account. */
export async function cleanUpDead(options: CleanUpOptions & { home?: string } = {}): Promise<Cleaned[]> {
  const results: Cleaned[] = []
  for (const { id, folder } of findDeadInstances(options.home)) {
    options.progress?.(`removing what instance ${id} left when it was killed`)
    results.push(await cleanUp(folder, options))
  }
  return results
}
