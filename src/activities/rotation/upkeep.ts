import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import type { Deps } from '#activities/deps.ts'
import { removeKept } from '#activities/kept-credentials.ts'
import type { CloudConfig } from '#config/schema.ts'
import {
  bySchedule,
  credentialRotationId,
  credentialRotationType,
  usedWithinMs,
  type RotationMemo,
} from '#contract/credential-rotation.ts'
import { lastRotation } from '#contract/last-rotation.ts'
import { cutQuery } from '#contract/lists.ts'
import { credentialRotationStart } from '#contract/starts.ts'
import { cloudWatchId, seenBy } from '#contract/watch.ts'
import { dueAt } from '#domain/rotation/due.ts'

export type RotationUpkeep = ReturnType<typeof createRotationUpkeep>

/** How long rotations that were ended from outside are looked after, ms. */
const lookBack = 24 * 3_600_000

/** What nobody asks for. */
export function createRotationUpkeep(deps: Deps) {
  const { config, client } = deps
  return {
    /** Begins the rotations whose time has come. @returns names of the clouds */
    async startDueRotations(): Promise<string[]> {
      const started: string[] = []
      for (const cloud of config.clouds)
        if ((await isDue(deps, cloud)) && (await start(deps, cloud))) started.push(cloud.name)
      return started
    },

    /** Removes what was lent for rotations that were ended from outside. @returns the files that were removed */
    async clearCutRotations(): Promise<string[]> {
      const removed: string[] = []
      const query = cutQuery(credentialRotationType, config.pool, new Date(Date.now() - lookBack))
      for await (const { memo } of client.workflow.list({ query })) {
        const { user, credentials = [] } = (memo?.['rotation'] ?? {}) as Partial<RotationMemo>
        if (user !== undefined) removed.push(...(await removeKept(user, credentials)))
      }
      return removed
    },
  }
}

/** A cloud that does not answer is left alone: nothing could be proved there. */
async function isDue({ client }: Deps, { name, rotation: { every } }: CloudConfig): Promise<boolean> {
  if (every === undefined) return false
  const seen = seenBy(await client.workflow.getHandle(cloudWatchId(name)).describe())
  if (seen?.ok !== true) return false
  const run = await client.workflow
    .getHandle(credentialRotationId(name))
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    })
  if (run?.status.name === 'RUNNING') return false
  const due = dueAt(seen.credentialMade, run && lastRotation(run), every)
  return due !== undefined && due <= Date.now()
}

async function start({ config, client }: Deps, { name: cloud, rotation }: CloudConfig): Promise<boolean> {
  const { lifetime: lifetimeMs, grace: graceMs } = rotation
  const input = {
    pool: config.pool,
    cloud,
    by: bySchedule,
    owner: 'site' as const,
    lifetimeMs,
    graceMs,
    useMs: usedWithinMs,
  }
  try {
    await client.workflow.start(credentialRotationType, credentialRotationStart(input))
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}
