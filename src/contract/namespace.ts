import { searchAttributeTypes } from './search-attributes.ts'

/** What is needed of a connection to ask for a namespace's search attributes. */
interface Operator {
  operatorService: {
    listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes?: Record<string, unknown> | null }>
  }
}

/** Names of our search attributes that the namespace lacks. */
export async function missingSearchAttributes(connection: Operator, namespace: string): Promise<string[]> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace })
  const present = new Set(Object.keys(listed.customAttributes ?? {}))
  return Object.keys(searchAttributeTypes).filter((name) => !present.has(name))
}
