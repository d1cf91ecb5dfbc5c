import type { Result } from '../command.ts'

/** Raised when a field of some document is renamed, removed or means something else; a new field does not raise it. */
const version = 1

type Document = Result['document']

export const toJson = (document: Document): string => `${JSON.stringify({ version, ...document }, null, 2)}\n`

/** The same document; the library is loaded only here. */
export const toYaml = async (document: Document): Promise<string> => {
  const { stringify } = await import('yaml')
  // Through JSON, so that both formats leave out the same absent fields.
  return stringify(JSON.parse(JSON.stringify({ version, ...document })), { lineWidth: 0, aliasDuplicateObjects: false })
}
