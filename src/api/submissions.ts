import { createHash, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { submissionStart } from '#contract/starts.ts'
import {
  submissionId,
  submissionType,
  submissionView,
  whenSubmitted,
  type SubmissionInput,
  type SubmissionView,
} from '#contract/submission.ts'
import { Problem } from '#domain/problem.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { findCredentials, keepCredential } from '#secrets/user-credential.ts'
import { stateFolder, webUrl, type Context } from './context.ts'
import { asProblem } from './failure.ts'
import type { Submission, SubmitRequest } from './types.ts'

/** How long Enter is waited for until the jobs are in the queue; the submission goes on by itself after that. */
const submitPatience = 120_000

/** Starts the submission, or finds the one that is running, and waits until its jobs are in the queue. */
export async function submit(context: Context, request: SubmitRequest): Promise<Submission> {
  const { input, workflowId } = await inputOf(context, request)
  const client = await context.client()
  const before = await isRunning(client, workflowId)
  const handle = await client.workflow.start(submissionType, submissionStart(workflowId, input))
  try {
    const view = await handle.executeUpdate(whenSubmitted, {
      updateId: randomBytes(8).toString('hex'),
      ...({ rpcTimeout: submitPatience } as object),
    })
    return answer(context, workflowId, view, before)
  } catch (error) {
    throw await reasonOf(handle, error, workflowId)
  }
}

/** A workflow that failed before it could answer says why in its result. */
async function reasonOf(handle: WorkflowHandle, error: unknown, workflowId: string): Promise<unknown> {
  const description = await handle.describe().catch(() => undefined)
  if (description?.status.name !== 'FAILED') return asProblem(error, workflowId)
  return handle.result().then(
    () => asProblem(error, workflowId),
    (failure: unknown) => asProblem(failure, workflowId),
  )
}

export function answer(
  context: Context,
  workflowId: string,
  view: SubmissionView,
  alreadyRunning: boolean,
): Submission {
  return {
    submission: view.id,
    workflowId,
    webUrl: webUrl(context, workflowId),
    state: view.state,
    alreadyRunning,
    clusters: view.clusters,
    images: view.choices.map(({ cloud, image: { id, name } }) => ({ cloud, id, name })),
    flavors: view.choices.map(({ cloud, flavor: { id, name } }) => ({ cloud, id, name })),
    warnings: view.warnings,
  }
}

/** Everything that the workflow is given, and the id by which a second Enter finds it. */
export async function inputOf(
  context: Context,
  request: SubmitRequest,
): Promise<{ input: SubmissionInput; workflowId: string; text: string }> {
  const { principal, options, loaded } = context
  const { config } = loaded
  if (request.user !== undefined && request.user !== principal.user) {
    throw new Problem({
      code: 'NotYou',
      kind: 'auth',
      message: `jobs run as the account that submits them (${principal.user}), not as ${request.user}`,
      next: `Submit as ${request.user}.`,
    })
  }
  const file = isAbsolute(request.file) ? request.file : resolve(request.directory, request.file)
  const text = await readSubmitFile(file)
  quickCheck(text, request, config.policy.refuseRequirements)
  const found = findCredentials(config.clouds, options.env, options.directory)
  const folder = stateFolder(context)
  const credentials = await Promise.all(
    found.map(async (one) => ({
      cloud: one.cloud,
      credential: { ...(await keepCredential(folder, one)), user: principal.user },
    })),
  )
  const { user, uid, gid, home } = principal
  const input: SubmissionInput = {
    pool: config.pool,
    account: { user, uid, gid, home },
    file,
    fileDigest: sha256(text),
    directory: request.directory,
    stateFolder: folder,
    credentials,
    ...(request.image === undefined ? {} : { image: request.image }),
    ...(request.flavor === undefined ? {} : { flavor: request.flavor }),
    ...(request.proxy === undefined ? {} : { proxy: resolve(request.directory, request.proxy) }),
    ...(request.keepaliveMinutes === undefined ? {} : { keepaliveMinutes: request.keepaliveMinutes }),
  }
  const asked = JSON.stringify([
    input.fileDigest,
    file,
    input.directory,
    input.image,
    input.flavor,
    input.proxy,
    input.keepaliveMinutes,
  ])
  const again = request.again === true ? randomBytes(3).toString('hex') : undefined
  return { input, workflowId: submissionId(user, sha256(asked).slice(0, 12), again), text }
}

/** What can be said at once is said at once; the workflow looks again, and at everything. */
function quickCheck(text: string, request: SubmitRequest, strictRequirements: boolean): void {
  const { problems } = validateSubmitFile(text, request.file, {
    strictRequirements,
    ...(request.image === undefined ? {} : { image: request.image }),
    ...(request.flavor === undefined ? {} : { flavor: request.flavor }),
  })
  const [first, ...more] = problems
  if (first === undefined) return
  throw new Problem({
    ...first,
    details: [...(first.details ?? []), ...more.map((one) => `${one.where ?? ''}: ${one.message}`)],
  })
}

async function readSubmitFile(file: string): Promise<string> {
  try {
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const missing = code === 'ENOENT' || code === 'ENOTDIR'
    throw new Problem(
      {
        code: missing ? 'SubmitFileMissing' : 'SubmitFileUnreadable',
        kind: missing ? 'not-found' : 'failure',
        where: file,
        message: missing ? 'there is no such file' : `the submit file cannot be read (${code ?? String(error)})`,
        next: missing
          ? 'Check the name; relative names start in the current folder.'
          : 'Check that it is a file, and its permissions: ls -l shows them.',
      },
      { cause: error },
    )
  }
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  const described = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined)
  return described?.status.name === 'RUNNING'
}

export const readView = (handle: WorkflowHandle): Promise<SubmissionView> => handle.query(submissionView)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
