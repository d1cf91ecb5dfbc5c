/** Metadata by which people and tools tell whose a server is. Alone it proves nothing: any member of the project can write it. */
export const controlPlaneKey = 'canfar-batch.control-plane'
export const tenantKey = 'canfar-batch.tenant'

/** On the server of a cloud check: when it was asked for, ISO 8601. Such a server is in no record of VMs. */
export const checkKey = 'canfar-batch.check'

/** What a cloud shows of a server, as far as it tells whose it is. */
export interface ServerTraits {
  id: string
  name: string
  projectId: string
  metadata: Readonly<Record<string, string>>
  imageId: string | null
  /** Nova names the flavor by its id or by its name, by its version. */
  flavor: { id: string | null; name: string | null }
}

/** What we have on record of a VM: in its workflow, from before its server was asked for. */
export interface VmProof {
  vm: string
  controlPlane: string
  /** The one that the cloud's answer to our create call named; while it is known, no other server can be this VM's. */
  serverId?: string | undefined
  order: {
    batchProject: string
    tenant: string
    image: { id: string }
    flavor: { id: string; name: string }
    /** What it boots from, if that is a volume. */
    bootVolume?: unknown
  }
}

/**
 * Why a server is not provably the one of a VM of ours; `undefined` if it is. The proof is the id that we were given, or, where
 * the answer to the create call was lost, everything that our record says about what was asked for.
 */
export function doubt(server: ServerTraits, proof: VmProof): string | undefined {
  const { order } = proof
  if (server.projectId !== order.batchProject)
    return `it is in project ${server.projectId}, not in ${order.batchProject}`
  if (proof.serverId !== undefined) {
    return server.id === proof.serverId ? undefined : `the server of this VM is ${proof.serverId}`
  }
  if (server.name !== proof.vm) return `its name is not ${proof.vm}`
  if (server.metadata[controlPlaneKey] !== proof.controlPlane) return 'its metadata do not name this control plane'
  if (server.metadata[tenantKey] !== order.tenant) return `its metadata do not name ${order.tenant} as its tenant`
  if (server.imageId !== null && server.imageId !== order.image.id) return `its image is not ${order.image.id}`
  if (order.bootVolume !== undefined && server.imageId !== null) return 'it does not run from a volume'
  const { id, name } = server.flavor
  if (id === null ? name !== null && name !== order.flavor.name : id !== order.flavor.id)
    return `its flavor is not ${order.flavor.name}`
  return undefined
}
