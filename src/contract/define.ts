import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common'

interface Definitions {
  signal: SignalDefinition<never[]>
  query: QueryDefinition<unknown, never[]>
  update: UpdateDefinition<unknown, never[]>
}

/**
 * A message of a workflow, without importing `@temporalio/workflow`, which only runs in the workflow sandbox:
 * clients, activities and workflows share these definitions. Their shape is the one that `defineSignal` & co. return.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function define<T>(type: keyof Definitions, name: string): T {
  return { type, name } as T
}
