import { Problem } from './problem.ts'

/**
 * Names that go unchanged into HTCondor's configuration, a submit file, YAML and expressions: letters, digits, blanks and a few signs
 * that mean nothing in any of them. Everything else is refused, not escaped: one rule that can be explained.
 */
const plain = /^[A-Za-z0-9][A-Za-z0-9 ._+:@()/,=~-]*$/

/** The VM type of an image: `<project>:<image name>`, the same text on both sides of the match. */
export function vmTypeOf(project: string, image: string): string {
  requirePlain('image', image)
  requirePlain('project', project)
  return `${project}:${image}`
}

/** @throws Problem `NameUnsafe` if the name holds quotes, `#`, `$`, a line end, or anything else that could change the meaning around it */
export function requirePlain(what: string, name: string): string {
  if (plain.test(name) && !name.endsWith(' ') && name.length <= 255) return name
  const bad = Array.from(name).find((character) => !plain.test(`a${character}`))
  throw new Problem({
    code: 'NameUnsafe',
    kind: 'usage',
    message: `the ${what} name ${JSON.stringify(name)} cannot be used${bad === undefined ? '' : `: it contains ${JSON.stringify(bad)}`}`,
    next: `Rename the ${what}; letters, digits, blanks and . _ - + : @ ( ) / , = ~ are fine.`,
  })
}
