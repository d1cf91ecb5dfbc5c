import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { randomInt } from 'node:crypto'
import { Problem } from '#domain/problem.ts'
import { cleanUp, cleanUpDead, type Cleaned } from './clean-up.ts'
import { everyoneMayEnter, isRoot, testbedHome } from './folders.ts'
import { findNetwork, mayMakeBridges } from './host-network.ts'
import { bootId, Ledger, LEDGER } from './ledger.ts'
import { thisProcess } from './process-table.ts'
import type { InstanceNetwork } from './subnet.ts'

/** One run of the testbed: an id from which everything on the host that it makes is named. */
export interface Instance {
  /** Five characters, a letter first: short enough for a bridge's name. */
  readonly id: string
  /** Its state; gone with it. */
  readonly folder: string
  readonly network: InstanceNetwork
  readonly ledger: Ledger
}

export interface InstanceOptions {
  /** A folder of the caller's choice instead of one below the testbed's home; must not exist or be empty. */
  folder?: string
  /** Where instances are listed; for tests. */
  home?: string
  /** Default: `CANFAR_TESTBED_NETWORK`, else a bridge where we may make one. */
  network?: InstanceNetwork['kind']
  progress?: (line: string) => void
}

function newId(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz'
  const all = `${letters}23456789`
  return [letters, all, all, all, all].map((from) => from.charAt(randomInt(from.length))).join('')
}

function wantedKind(options: InstanceOptions): InstanceNetwork['kind'] {
  const named = options.network ?? process.env['CANFAR_TESTBED_NETWORK']
  if (named === 'bridge' || named === 'loopback') return named
  return mayMakeBridges() ? 'bridge' : 'loopback'
}

/** Begins an instance, after having removed what dead ones left. The calling process is its owner. */
export async function createInstance(options: InstanceOptions = {}): Promise<Instance> {
  const home = options.home ?? testbedHome()
  await cleanUpDead({ home, ...(options.progress === undefined ? {} : { progress: options.progress }) })
  const id = newId()
  const network = await findNetwork(id, wantedKind(options))
  mkdirSync(home, { recursive: true })
  const folder = options.folder === undefined ? join(home, id) : resolve(options.folder)
  mkdirSync(folder, { recursive: true })
  // Other accounts run jobs and tools from below; what is secret has a closed folder of its own.
  chmodSync(folder, 0o755)
  const ledger = new Ledger(join(folder, LEDGER))
  ledger.open({ id, owner: thisProcess(), host: hostname(), boot: bootId(), network })
  ledger.intend({ kind: 'folder', path: folder })
  if (options.folder !== undefined) {
    await ledger.make({ kind: 'folder', path: join(home, id) }, async () => symlinkSync(folder, join(home, id)))
  }
  if (isRoot() && !everyoneMayEnter(folder)) {
    options.progress?.(`note: accounts other than root can't enter ${folder}; jobs of the demo account will fail there`)
  }
  return { id, folder, network, ledger }
}

/** A running instance as seen by one of its daemons or by a later command. */
export function openInstance(folder: string): Instance {
  const ledger = new Ledger(join(resolve(folder), LEDGER))
  const opening = ledger.read().opening
  if (opening === undefined) {
    throw new Problem({ code: 'NoInstance', kind: 'not-found', message: `${folder} holds no instance of the testbed` })
  }
  return { id: opening.id, folder: resolve(folder), network: opening.network, ledger }
}

/** Ends an instance that the caller owns: all that its ledger lists goes, its folder last. */
export function endInstance(instance: Instance, progress?: (line: string) => void): Promise<Cleaned> {
  return cleanUp(instance.folder, { kept: true, ...(progress === undefined ? {} : { progress }) })
}

/** The `n`-th address of the pool's subnet, 2 to 254; 1 is the host's. */
export function addressIn(instance: Instance, n: number): string {
  if (!Number.isInteger(n) || n < 2 || n > 254) throw new RangeError(`no address ${n} in a /24`)
  return `${instance.network.prefix}.${n}`
}
