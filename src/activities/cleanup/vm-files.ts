import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { listedVm } from '#contract/listed.ts'
import { runHasEnded } from '#contract/questions.ts'
import { vmLifecycleType, vmRecord, type VmResult } from '#contract/vm-lifecycle.ts'
import type { VmFile } from '#domain/cleanup/compare.ts'
import type { ListedVm } from '#contract/listed.ts'
import type { VmRecord } from '#domain/vm/record.ts'

/** How long a workflow that was ended from outside may take to say what it knew, ms: it has to be replayed. */
const recallMs = 10_000

export interface FoundFile extends VmFile {
  listed: ListedVm
  /** Ids of the volumes that were made for it and may still be there; absent if it boots from none. */
  volumes?: string[]
}

/** Our own record of a VM, from its workflow itself: lists of workflows are some seconds behind. */
export async function vmFile(client: Client, controlPlane: string, vm: string): Promise<FoundFile | undefined> {
  const handle = client.workflow.getHandle(vm)
  const described = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  })
  const listed = described === undefined ? undefined : listedVm(described)
  if (described === undefined || listed === undefined || described.type !== vmLifecycleType) return undefined
  const { name } = described.status
  const status = name === 'RUNNING' ? 'running' : name === 'COMPLETED' ? 'closed' : 'cut'
  const { serverId, volumes = [] } = await knownOf(client, vm, status)
  return {
    status,
    listed,
    proof: { vm, controlPlane, order: listed.order, ...(serverId === undefined ? {} : { serverId }) },
    ...(listed.closedAt === undefined ? {} : { closedAt: listed.closedAt }),
    ...(listed.order.bootVolume === undefined ? {} : { volumes }),
  }
}

type Known = Pick<VmRecord, 'serverId' | 'volumes'>

/** The server that the cloud gave it, and the volumes that were made for that, if it ever heard so. */
async function knownOf(client: Client, vm: string, status: VmFile['status']): Promise<Known> {
  const handle = client.workflow.getHandle(vm)
  if (status === 'closed') {
    // it did not end before its volumes were gone; what has become somebody else's since is not looked for
    const { serverId } = (await handle.result()) as VmResult
    return serverId === undefined ? {} : { serverId }
  }
  // what cannot be recalled is proved by the order instead
  const asked = (): Promise<Known> => (status === 'cut' ? handle.query(vmRecord, runHasEnded) : handle.query(vmRecord))
  return client.withDeadline(Date.now() + recallMs, asked).catch(() => ({}))
}
