import type { Connection } from '@temporalio/client'
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js'
import { missingSearchAttributes } from '#contract/namespace.ts'
import { searchAttributeTypes } from '#contract/search-attributes.ts'

const day = 86_400

/** Workflow ids are remembered this long after their end; the server's own default of a day is too short for "never twice". */
const retentionSeconds = 30 * day

const alreadyExists = 6
const notFound = 5

/**
 * Gives the namespace what our workflows need: itself, 30 days of retention, our search attributes. Repeating it changes
 * nothing.
 */
export async function bootstrap(connection: Connection, namespace: string): Promise<void> {
  const retention = { seconds: retentionSeconds } as never
  const described = await connection.workflowService
    .describeNamespace({ namespace })
    .catch((error: unknown) => orThrow(error, notFound))
  if (described === undefined) {
    await connection.workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
      .catch((error: unknown) => orThrow(error, alreadyExists))
    await untilKnown(connection, namespace)
  } else if (Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) < retentionSeconds) {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retention },
    })
  }
  await addSearchAttributes(connection, namespace)
}

/** The server's parts learn of a new namespace one after another, within seconds. */
async function untilKnown(connection: Connection, namespace: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const listed = await connection.workflowService
      .listWorkflowExecutions({ namespace, pageSize: 1 })
      .catch((error: unknown) => orThrow(error, notFound))
    if (listed !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const present = await missingSearchAttributes(connection, namespace)
  if (present.length === 0) return
  const wanted = Object.fromEntries(
    present.map((name) => [name, encodeSearchAttributeIndexedValueType(searchAttributeTypes[name])]),
  )
  await connection.operatorService
    .addSearchAttributes({ namespace, searchAttributes: wanted as never })
    .catch((error: unknown) => orThrow(error, alreadyExists))
  for (let tries = 0; tries < 100 && (await missingSearchAttributes(connection, namespace)).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function orThrow(error: unknown, accepted: number): undefined {
  if ((error as { code?: number }).code === accepted) return undefined
  throw error
}
