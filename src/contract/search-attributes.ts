import { defineSearchAttributeKey, type SearchAttributeType, type TypedSearchAttributes } from '@temporalio/common'

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD')

/** What operators search for in the web UI; 10 keywords and 3 integers are all that a namespace has on SQL stores. */
export const searchAttributes = {
  user: keyword('CanfarUser'),
  project: keyword('CanfarProject'),
  cloud: keyword('CanfarCloud'),
  pool: keyword('CanfarPool'),
  vmType: keyword('CanfarVmType'),
  state: keyword('CanfarState'),
  reason: keyword('CanfarReason'),
  cluster: defineSearchAttributeKey('CanfarCluster', 'INT'),
}

/** Reads one attribute of a listed workflow, by its key. */
export function attribute(typed: TypedSearchAttributes, key: keyof typeof searchAttributes): string | undefined {
  const { name } = searchAttributes[key]
  const value = typed.getAll().find((pair) => pair.key.name === name)?.value
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export const searchAttributeTypes: Record<string, SearchAttributeType> = Object.fromEntries(
  Object.values(searchAttributes).map((key) => [key.name, key.type]),
)
