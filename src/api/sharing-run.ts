import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { isGrpcDeadlineError } from '@temporalio/client'
import type { CloudConfig } from 'openstack-ts'
import type { CredentialName } from '#contract/credential.ts'
import type { Start } from '#contract/starts.ts'
import { Problem, type ProblemData } from '#domain/problem.ts'
import { keepCredential } from '#secrets/user-credential.ts'
import { stateFolder, webUrl, type Context } from './context.ts'
import { asProblem } from './failure.ts'

/** One image of one cloud. */
export interface Target {
  cloud: string
  image: { id: string; name: string }
}

/** How long somebody waits for one project; the workflow goes on by itself after that, ms. */
const patience = 120_000

/**
 * Runs a workflow that shares an image or takes it back, with copies of the credentials that are kept for as long as it needs
 * them.
 * @throws Problem
 */
export async function runForImage<Result>(
  context: Context,
  cloud: string,
  credentials: { owner: CloudConfig; receiver?: CloudConfig },
  type: string,
  startOf: (kept: { owner: CredentialName; receiver?: CredentialName }) => Start<unknown>,
): Promise<Result> {
  const client = await context.client()
  const purpose = `share-${randomBytes(6).toString('hex')}`
  const keep = async (config: CloudConfig, whose: string): Promise<CredentialName> => ({
    ...(await keepCredential(stateFolder(context), { cloud, config }, `${purpose}-${whose}`)),
    user: context.principal.user,
  })
  const owner = await keep(credentials.owner, 'owner')
  const receiver = credentials.receiver === undefined ? undefined : await keep(credentials.receiver, 'receiver')
  const start = startOf({ owner, ...(receiver === undefined ? {} : { receiver }) })
  let goesOn = false
  try {
    return (await client.withDeadline(Date.now() + patience, () => client.workflow.execute(type, start))) as Result
  } catch (error) {
    goesOn = isGrpcDeadlineError(error)
    throw goesOn ? notYet(context, start.workflowId) : asProblem(error, start.workflowId)
  } finally {
    if (!goesOn)
      await Promise.all(
        [owner, ...(receiver === undefined ? [] : [receiver])].map(({ file }) => rm(file, { force: true })),
      )
  }
}

function notYet(context: Context, workflowId: string): Problem {
  return new Problem({
    code: 'NotYetDone',
    kind: 'unreachable',
    where: workflowId,
    message: `it is not done after ${patience / 60_000} min, and goes on by itself`,
    next: `Ask for the same again later, or look at ${webUrl(context, workflowId)}`,
  })
}

/** Does something with everything that was named, once with what was named twice; what fails becomes a result as well. */
export async function forEach<Found extends { id: string }, Result>(
  names: readonly string[],
  find: (name: string) => Found,
  { done, failed }: { done: (found: Found) => Promise<Result>; failed: (error: unknown, name: string) => Result },
): Promise<Result[]> {
  const found = new Map<string, () => Promise<Result> | Result>()
  for (const name of names) {
    try {
      const one = find(name)
      found.set(one.id, () => done(one))
    } catch (error) {
      found.set(name, () => failed(error, name))
    }
  }
  return Promise.all([...found.values()].map((work) => work()))
}

/** @throws whatever is no Problem: a mistake of ours */
export function problemOf(error: unknown): ProblemData {
  if (error instanceof Problem) return error.data
  throw error
}
