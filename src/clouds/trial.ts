import { setTimeout as sleep } from 'node:timers/promises'
import { OpenStackError, unlessNotFound, type OpenStack, type ServerCreate, type Volume } from 'openstack-ts'
import { fateOf } from '#domain/vm/boot-volume-fate.ts'
import type { VmProof } from '#domain/vm/ownership.ts'
import { ownServers } from './own-servers.ts'
import { askDeletion, deleteDependents } from './server-deletion.ts'
import { boundVolumes } from './servers.ts'

// The one server that a check of a cloud boots. It has no workflow that would care for it: whoever asks for it removes it.

const lookEvery = 1000

/** So long an ordinary deletion may take before it is forced, ms. */
const forceAfter = 2 * 60_000

export type Asked = { id: string } | { refused: Error } | { lost: Error }

/** Asks for it once. `lost`: it may have been made, and the answer does not tell. Never broken off: it would be lost then. */
export async function askTrial(cloud: OpenStack, wish: ServerCreate, withinMs: number): Promise<Asked> {
  try {
    return await cloud.compute.servers.create(wish, { timeoutMs: withinMs, timeouts: { headersMs: withinMs } })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // an error that is not the cloud's own was met before anything was sent
    const certain = !OpenStackError.is(error) || (!error.mayHaveActed && error.code !== 'Aborted')
    return certain ? { refused: error } : { lost: error }
  }
}

export interface RemovalLimits {
  /** For so long a server whose creation was not answered may still appear, ms. */
  appear: number
  /** Until everything of it must be gone, ms. */
  within: number
}

/** Names of what is still there, with its state; none if all is gone. `found`: whether any server of it was ever seen. */
export interface Removal {
  found: boolean
  left: string[]
}

/**
 * Deletes every server that is provably the one of this record until the cloud says that it is gone; then what hung on it.
 * @param proof with the server's id, unless the answer to its creation was lost
 */
export async function removeTrial(cloud: OpenStack, proof: VmProof, limits: RemovalLimits): Promise<Removal> {
  const servers = new Set(proof.serverId === undefined ? [] : [proof.serverId])
  const volumes = new Set<string>()
  const start = performance.now()
  const elapsed = () => performance.now() - start
  const tries = async (once: () => Promise<string[] | undefined>): Promise<string[]> => {
    for (;;) {
      // what fails is tried again until it is too late: there is nothing better to do
      const left = await once().catch((error: unknown) => [error instanceof Error ? error.message : String(error)])
      if (left === undefined) return []
      if (elapsed() >= limits.within) return left
      await sleep(lookEvery)
    }
  }
  const left = await tries(async () => {
    const { ours } = await ownServers(cloud, proof, { known: servers })
    for (const server of ours) {
      servers.add(server.id)
      for (const id of boundVolumes(server)) volumes.add(id)
    }
    const living = ours.filter(({ status }) => status !== 'DELETED')
    if (living.length === 0) {
      if (servers.size > 0 || elapsed() >= limits.appear) return undefined
      return ['a server that may still appear']
    }
    for (const server of living) await askDeletion(cloud, server, elapsed() >= forceAfter, {})
    return living.map(({ id, status }) => `server ${id}, ${status}`)
  })
  const found = servers.size > 0
  if (left.length > 0) return { found, left }
  return {
    found,
    left: await tries(async () => {
      for (const id of servers) await deleteDependents(cloud, id, {})
      return removeVolumes(cloud, volumes, servers)
    }),
  }
}

async function removeVolumes(
  cloud: OpenStack,
  ids: ReadonlySet<string>,
  servers: ReadonlySet<string>,
): Promise<string[] | undefined> {
  const { volumes } = cloud.blockStorage
  const shown = await Promise.all([...ids].map((id) => unlessNotFound(volumes.show(id))))
  const there = shown.filter((one) => one !== undefined).filter((one) => fate(one, servers) !== 'leave')
  if (there.length === 0) return undefined
  for (const volume of there) {
    if (fate(volume, servers) === 'delete') await unlessNotFound(volumes.delete(volume.id))
  }
  return there.map(({ id, status }) => `volume ${id}, ${status}`)
}

const fate = ({ status, attachments }: Volume, servers: ReadonlySet<string>) =>
  fateOf({ status, servers: attachments.map(({ serverId }) => serverId) }, servers, true)
