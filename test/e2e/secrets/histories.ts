import type { Client } from '@temporalio/client'
import type { Place } from './needles.ts'

/** Everything that Temporal keeps of every workflow: all events, and what it describes of it (memo, search attributes, heartbeats). */
export async function histories(client: Client): Promise<Place[]> {
  const places: Place[] = []
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId)
    const [history, described] = await Promise.all([handle.fetchHistory(), handle.describe()])
    places.push(
      { name: `history of ${workflowId}`, content: contentOf(history) },
      { name: `description of ${workflowId}`, content: contentOf(described.raw) },
    )
  }
  return places
}

/** All texts and all bytes of a message, however deep, a line each; payloads are bytes of JSON. */
export function contentOf(message: unknown): Buffer {
  const parts: Uint8Array[] = []
  const seen = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value === 'string') parts.push(Buffer.from(value))
    else if (value instanceof Uint8Array) parts.push(value)
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value)
      // keys too: search attributes and headers are maps
      for (const [key, inner] of Object.entries(value)) {
        visit(key)
        visit(inner)
      }
    }
  }
  visit(message)
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]))
}
