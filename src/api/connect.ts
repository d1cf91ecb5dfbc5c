import type { Connection } from '@temporalio/client'
import { untilTakenUp } from '#contract/questions.ts'
import type { Config } from '#config/schema.ts'
import { Problem } from '#domain/problem.ts'

/** A person waits for the answer: an unreachable server is said soon. */
const connectTimeout = '3 seconds'

/** Connects when it is first needed, once. */
export function lazyClient({ temporal }: Config) {
  let connecting: Promise<Connection> | undefined
  const connection = () => (connecting ??= connect(temporal.address))
  return {
    connection,
    client: async () => {
      const open = await connection()
      const temporalio = await library()
      return new temporalio.Client({
        connection: open,
        namespace: temporal.namespace,
        interceptors: { workflow: [untilTakenUp] },
      })
    },
    async close() {
      const open = await connecting?.catch(() => undefined)
      await open?.close()
    },
  }
}

/** Loading it takes longer than an answer: who asks Temporal nothing does not wait for it. */
const library = () => import('@temporalio/client')

async function connect(address: string): Promise<Connection> {
  try {
    const temporalio = await library()
    return await temporalio.Connection.connect({ address, connectTimeout })
  } catch (error) {
    throw new Problem(
      {
        code: 'TemporalUnreachable',
        kind: 'unreachable',
        where: `Temporal at ${address}`,
        message: 'the server does not answer',
        next: 'Try again; if it lasts, tell your operators. canfar-batch doctor looks at each part.',
      },
      { cause: error },
    )
  }
}
