import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { imagesOf } from '#clouds/choices.ts'
import { hashesOf } from '#clouds/image-hashes.ts'
import {
  imageReplicationType,
  replicationMemo,
  replicationView,
  type ImageReplicationInput,
  type ReplicationEnd,
  type ReplicationMemo,
  type ReplicationView,
} from '#contract/image-replication.ts'
import { runHasEnded } from '#contract/questions.ts'
import { imageReplicationStart } from '#contract/starts.ts'
import { chooseImage } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import { describeProgress, percentOf } from '#domain/replication/progress.ts'
import { hashOf, type DataHash } from '#domain/replication/same-data.ts'
import { keepCredential, type FoundCredential } from '#secrets/user-credential.ts'
import { askPatience } from './ask.ts'
import { stateFolder, webUrl, type Context } from './context.ts'
import { asProblem } from './failure.ts'
import { connected, credentialsOf } from './images.ts'
import type { Replication, ReplicationRequest, ReplicationStatus } from './types.ts'
import { watchRun } from './watch-run.ts'

/** Starts the copying of a user's image to another cloud, or finds the run that copies the same data there. */
export async function replicateImage(context: Context, request: ReplicationRequest): Promise<Replication> {
  const { to } = request
  if (request.from === to) throw sameCloud(to)
  const [target] = credentialsOf(context, { cloud: to })
  const sources = credentialsOf(context, { cloud: request.from }).filter(({ cloud }) => cloud !== to)
  if (target === undefined || sources.length === 0) throw nowhereFrom(to)
  const source = await findSource(request.image, sources)
  const project = await connected(target, (cloud) => cloud.projectId())
  // no copy is kept of a credential that nobody would come to use
  await context.client()
  const input: ImageReplicationInput = {
    pool: context.loaded.config.pool,
    user: context.principal.user,
    image: source.image,
    hash: source.hash,
    from: await keep(context, source.found),
    to: { ...(await keep(context, target)), project },
  }
  const { alreadyRunning, workflowId } = await start(context, input)
  const { image, from } = input
  const common = { workflowId, webUrl: webUrl(context, workflowId), alreadyRunning }
  return { ...common, image: image.name, id: image.id, from: from.cloud, to }
}

async function start(context: Context, input: ImageReplicationInput) {
  const options = imageReplicationStart(input)
  const { workflowId } = options
  const own = replicationMemo(input).credentials
  const client = await context.client()
  const memo = await client
    .withDeadline(Date.now() + askPatience, async () => {
      const { firstExecutionRunId } = await client.workflow.start(imageReplicationType, options)
      const described = await client.workflow.getHandle(workflowId, firstExecutionRunId).describe()
      return described.memo?.['replication'] as ReplicationMemo | undefined
    })
    .catch((error: unknown) => {
      throw asProblem(error, workflowId)
    })
  const alreadyRunning = !own.some((file) => memo?.credentials.includes(file) === true)
  // the run that was there has its own copies
  if (alreadyRunning) await Promise.all(own.map((file) => rm(file, { force: true })))
  if (memo !== undefined && memo.project !== input.to.project) throw othersCopy(input)
  return { alreadyRunning, workflowId }
}

interface Source {
  found: FoundCredential
  image: { id: string; name: string }
  hash: DataHash
}

/** The first cloud that has it; what is wrong with it there is said only if no other has it. */
async function findSource(wanted: string, sources: readonly FoundCredential[]): Promise<Source> {
  const problems: unknown[] = []
  for (const found of sources) {
    try {
      return await lookFor(wanted, found)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problems.push(error)
    }
  }
  throw problems.find((error) => !(error instanceof Problem && error.data.code === 'ImageUnknown')) ?? problems[0]
}

function lookFor(wanted: string, found: FoundCredential): Promise<Source> {
  return connected(found, async (cloud) => {
    const { id, name } = chooseImage(await imagesOf(cloud), wanted, found.cloud)
    const hash = hashOf(hashesOf(await cloud.image.images.show(id)))
    if (hash !== undefined) return { found, image: { id, name }, hash }
    throw new Problem({
      code: 'HashMissing',
      kind: 'failure',
      where: `cloud ${found.cloud}, image ${id}`,
      message: 'the cloud has no hash of the image, by which a copy could be checked',
      next: 'Take a new snapshot of a VM of it, and replicate that.',
    })
  })
}

async function keep(context: Context, found: FoundCredential): Promise<ReplicationEnd> {
  const kept = await keepCredential(stateFolder(context), found, `replicate-${randomBytes(6).toString('hex')}`)
  return { cloud: found.cloud, credential: { ...kept, user: context.principal.user } }
}

/** How a replication gets on: one status for each change, until its end. */
export const watchReplication = (
  context: Context,
  workflowId: string,
  signal: AbortSignal,
): AsyncGenerator<ReplicationStatus> => watchRun(context, workflowId, { signal, statusOf, hasEnded })

const hasEnded = ({ state }: ReplicationStatus): boolean =>
  state === 'already' || state === 'copied' || state === 'failed'

async function statusOf(handle: WorkflowHandle): Promise<ReplicationStatus> {
  const described = await handle.describe()
  if (described.status.name === 'RUNNING') {
    const view = await handle.query(replicationView)
    // it ends when it has also cleared up behind itself
    return told(view.copy === undefined ? view : { ...view, state: 'confirming' })
  }
  if (described.status.name === 'COMPLETED') {
    const view = await handle.query(replicationView, runHasEnded)
    return { ...told(view), copy: view.copy }
  }
  return handle.result().then(
    () => failed(new Error('it has ended without a result')),
    (error: unknown) => failed(asProblem(error, handle.workflowId)),
  )
}

const told = (view: ReplicationView): ReplicationStatus => ({
  state: view.state,
  percent: view.state === 'already' ? 100 : percentOf(view),
  sizeBytes: view.sizeBytes,
  message: describeProgress(view),
})

function failed(error: unknown): ReplicationStatus {
  const problem =
    error instanceof Problem ? error.data : { code: 'WorkflowFailed', kind: 'failure' as const, message: String(error) }
  return { state: 'failed', percent: 0, sizeBytes: 0, message: problem.message, problem }
}

const sameCloud = (cloud: string): Problem =>
  new Problem({
    code: 'SameCloud',
    kind: 'usage',
    where: '--from, --to',
    message: `both are ${cloud}`,
    next: 'Name two clouds; canfar-batch image list shows on which an image is.',
  })

const nowhereFrom = (to: string): Problem =>
  new Problem({
    code: 'NoCredentials',
    kind: 'auth',
    message: `you have no credential for a cloud from which something could be copied to ${to}`,
    next: 'A clouds.yaml with an entry for each of both clouds is needed; canfar-batch cloud list shows their names.',
  })

const othersCopy = ({ image, to }: ImageReplicationInput): Problem =>
  new Problem({
    code: 'ReplicationBusy',
    kind: 'unreachable',
    where: `cloud ${to.cloud}, image ${image.name}`,
    message: 'the same data are being copied there for another project',
    next: 'Try again when that copy is done.',
  })
