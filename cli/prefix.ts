import { Problem } from '#domain/problem.ts'

/**
 * Does something with a thing that the user named in full or by a unique beginning. The full name is tried first, so that the usual case costs no list.
 *
 * @param candidates every full name; asked for only if the given one is not found
 * @throws Problem of kind `not-found` if nothing begins so, of kind `usage` if several do
 */
export const byPrefix = async <Value>(
  given: string,
  act: (name: string) => Promise<Value>,
  candidates: () => Promise<readonly string[]>,
): Promise<Value> => {
  try {
    return await act(given)
  } catch (error) {
    if (!(error instanceof Problem) || error.data.kind !== 'not-found') throw error
    const known = await candidates()
    const matches = given === '' ? [] : known.filter((name) => name !== given && begins(name, given))
    const [only, ...others] = matches
    if (only !== undefined && others.length === 0) return act(only)
    if (only !== undefined) throw ambiguous(given, matches)
    throw new Problem({ ...error.data, details: error.data.details ?? knownNames(known) }, { cause: error })
  }
}

// The last part of a worker VM's name is the part that tells it from others; nobody should have to type what comes before.
const begins = (name: string, given: string): boolean =>
  name.startsWith(given) || (name.split('-').at(-1) ?? '').startsWith(given)

const knownNames = (names: readonly string[]): string[] => {
  const shown = names.slice(0, 10)
  const rest = names.length - shown.length
  if (shown.length === 0) return []
  return [`known: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`]
}

const ambiguous = (given: string, matches: readonly string[]): Problem =>
  new Problem({
    code: 'NameAmbiguous',
    kind: 'usage',
    message: `'${given}' begins the names of ${matches.length}`,
    next: 'write one letter more of the one that you mean',
    details: matches.slice(0, 10).map(String),
  })
