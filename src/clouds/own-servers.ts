import { unlessNotFound, type OpenStack, type Server } from 'openstack-ts'
import { doubt, type ServerTraits, type VmProof } from '#domain/vm/ownership.ts'

/** Servers that bear a VM's name, or are known by their id to be its. */
export interface OwnServers {
  /** Provably that VM's, whatever their state. */
  ours: Server[]
  /** Of the same name, and not provably ours: not to be touched. */
  doubted: { id: string; why: string }[]
}

export const traitsOf = ({ id, name, projectId, metadata, imageId, flavor }: Server): ServerTraits => ({
  id,
  name: name ?? '',
  projectId,
  metadata,
  imageId,
  flavor: { id: flavor?.id ?? null, name: flavor?.name ?? null },
})

/**
 * The servers of one VM.
 * @param known ids that were proved before: they count even if somebody has renamed them or taken their metadata
 */
export async function ownServers(
  cloud: OpenStack,
  proof: VmProof,
  { known = [], signal }: { known?: Iterable<string>; signal?: AbortSignal } = {},
): Promise<OwnServers> {
  const proved = new Set([...known, ...(proof.serverId === undefined ? [] : [proof.serverId])])
  const named = await cloud.compute.servers.findByExactName(proof.vm, { signal })
  const unnamed = [...proved].filter((id) => !named.some((server) => server.id === id))
  const shown = await Promise.all(unnamed.map((id) => unlessNotFound(cloud.compute.servers.show(id, { signal }))))
  const found: OwnServers = { ours: shown.filter((server) => server !== undefined), doubted: [] }
  for (const server of named) {
    const why = proved.has(server.id) ? undefined : doubt(traitsOf(server), proof)
    if (why === undefined) found.ours.push(server)
    else found.doubted.push({ id: server.id, why })
  }
  return found
}
