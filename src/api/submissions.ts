import { createHash, randomBytes } from 'node:crypto'
import { readFile, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { submissionStart } from '#contract/starts.ts'
import {
  submissionId,
  submissionMemo,
  submissionType,
  submissionView,
  whenSubmitted,
  type SubmissionInput,
  type SubmissionMemo,
  type SubmissionView,
} from '#contract/submission.ts'
import { Problem } from '#domain/problem.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { findCredentials, keepCredential, type FoundCredential } from '#secrets/user-credential.ts'
import { stateFolder, webUrl, type Context } from './context.ts'
import { askPatience } from './ask.ts'
import { copyStatuses } from './copies.ts'
import type { Submission, SubmitRequest } from './types.ts'
import { unanswered, viewOrReason } from './why-not-submitted.ts'

/** How long Enter is waited for until the jobs are in the queue, ms; the submission goes on by itself after that. */
const submitPatience = 120_000

/** Starts the submission, or finds the one that is running, and waits until its jobs are in the queue. */
export async function submit(context: Context, request: SubmitRequest): Promise<Submission> {
  const asked = await readRequest(context, request)
  // no copy is kept of a credential that nobody would come to use
  const client = await context.client()
  const { input, workflowId } = await inputOf(context, request, asked)
  const own = submissionMemo(input).credentials
  let taken = false
  const { before, handle } = await client
    .withDeadline(Date.now() + askPatience, async () => {
      const { firstExecutionRunId } = await client.workflow.start(submissionType, submissionStart(workflowId, input))
      taken = true
      // this very run: another may begin as soon as it has ended
      const run = client.workflow.getHandle(workflowId, firstExecutionRunId)
      // of two that press Enter at once one is first, and only the run itself tells whose input it has
      const used = new Set(((await run.describe()).memo?.['submission'] as SubmissionMemo | undefined)?.credentials)
      return { before: !own.some((file) => used.has(file)), handle: run }
    })
    .catch((error: unknown) => {
      throw unanswered(error, workflowId, taken)
    })
  // its own copies are there already
  if (before) await Promise.all(own.map((file) => rm(file, { force: true })))
  const wait = () => handle.executeUpdate(whenSubmitted, { updateId: randomBytes(8).toString('hex') })
  const view = await client
    .withDeadline(Date.now() + (request.patience ?? submitPatience), wait)
    .catch((error: unknown) => viewOrReason(handle, error))
  return answer(context, workflowId, view, before)
}

export async function answer(
  context: Context,
  workflowId: string,
  view: SubmissionView,
  alreadyRunning: boolean,
): Promise<Submission> {
  return {
    submission: view.id,
    workflowId,
    webUrl: webUrl(context, workflowId),
    state: view.state,
    alreadyRunning,
    clusters: view.clusters,
    images: view.choices.map(({ cloud, image: { id, name } }) => ({ cloud, id, name })),
    flavors: [...view.choices, ...view.copies].map(({ cloud, flavor: { id, name } }) => ({ cloud, id, name })),
    copies: await copyStatuses(context, view.copies),
    warnings: view.warnings,
  }
}

interface Read {
  file: string
  text: string
  credentials: FoundCredential[]
}

/** What a request names, read and looked at quickly; nothing is kept of it. */
export async function readRequest(
  { principal, options, loaded: { config } }: Context,
  request: SubmitRequest,
): Promise<Read> {
  if (request.user !== undefined && request.user !== principal.user) {
    throw new Problem({
      code: 'NotYou',
      kind: 'auth',
      message: `jobs run as the account that submits them (${principal.user}), not as ${request.user}`,
      next: `Submit as ${request.user}.`,
    })
  }
  const file = resolve(request.directory, request.file)
  const text = await readSubmitFile(file)
  quickCheck(text, request, config.policy.refuseRequirements)
  return { file, text, credentials: findCredentials(config.clouds, options.env, options.directory) }
}

/** Everything that the workflow is given, and the id by which a second Enter finds it. */
async function inputOf(
  context: Context,
  request: SubmitRequest,
  { file, text, credentials: found }: Read,
): Promise<{ input: SubmissionInput; workflowId: string }> {
  const folder = stateFolder(context)
  const purpose = `submit-${randomBytes(6).toString('hex')}`
  const credentials = await Promise.all(
    found.map(async (one) => ({
      cloud: one.cloud,
      credential: { ...(await keepCredential(folder, one, purpose)), user: context.principal.user },
    })),
  )
  const { user, uid, gid, home } = context.principal
  const input: SubmissionInput = {
    pool: context.loaded.config.pool,
    account: { user, uid, gid, home },
    since: Date.now(),
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
  return { input, workflowId: submissionId(user, sha256(asked).slice(0, 12), again) }
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
        kind: missing ? 'not-found' : code === 'EISDIR' ? 'usage' : 'failure',
        where: file,
        message: missing
          ? 'there is no such file'
          : code === 'EISDIR'
            ? 'this is a folder, not a submit file'
            : `the submit file cannot be read (${code ?? String(error)})`,
        next: missing
          ? 'Check the name; relative names start in the current folder.'
          : code === 'EISDIR'
            ? 'Name the submit file in it.'
            : 'Check its permissions and those of the folders above it: ls -l shows them.',
      },
      { cause: error },
    )
  }
}

export const readView = (handle: WorkflowHandle): Promise<SubmissionView> => handle.query(submissionView)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
