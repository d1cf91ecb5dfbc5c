/** Definitions in force at one place of a submit file, by lower-case name; undefined: set, but to something unknown. */
export type Definitions = ReadonlyMap<string, string | undefined>

const deepest = 20

/** Finds the `)` that closes the bracket opened before `from`. */
function closing(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  return -1
}

/**
 * Replaces `$(name)` and `$(name:default)` by what the file itself defines. Undefined as soon as one part
 * is not known from the file: `$(Process)`, `$ENV(…)`, `$$(…)`, or a name that only HTCondor's configuration could define.
 */
export function expandMacros(text: string, definitions: Definitions, level = 0): string | undefined {
  if (level > deepest) return undefined
  let out = ''
  let at = 0
  for (;;) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) return out + text.slice(at)
    out += text.slice(at, dollar)
    if (text[dollar + 1] !== '(') {
      if (/^\$(\$|[A-Za-z_]*\()/.test(text.slice(dollar))) return undefined
      out += '$'
      at = dollar + 1
      continue
    }
    const end = closing(text, dollar + 2)
    if (end < 0) return undefined
    const value = expandOne(text.slice(dollar + 2, end), definitions, level)
    if (value === undefined) return undefined
    out += value
    at = end + 1
  }
}

function expandOne(body: string, definitions: Definitions, level: number): string | undefined {
  const colon = body.indexOf(':')
  const name = (colon < 0 ? body : body.slice(0, colon)).trim().toLowerCase()
  if (name === 'dollar') return '$'
  if (definitions.has(name)) {
    const value = definitions.get(name)
    return value === undefined ? undefined : expandMacros(value, definitions, level + 1)
  }
  return colon < 0 ? undefined : expandMacros(body.slice(colon + 1), definitions, level + 1)
}

/** Replaces only `$(name)` itself in a new value of `name`, as HTCondor does when it reads the line. */
export function expandSelf(name: string, value: string, old: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return value.replaceAll(new RegExp(String.raw`\$\(${escaped}(?::[^()]*)?\)`, 'gi'), () => old)
}

/**
 * A circle of macros that refer to each other, as their names; undefined if there is none. `condor_submit` never ends on one.
 * (A macro that refers to itself is none: HTCondor puts its old value in.)
 */
export function circleOf(definitions: ReadonlyMap<string, string>): string[] | undefined {
  const done = new Set<string>()
  const follow = (name: string, path: string[]): string[] | undefined => {
    const value = definitions.get(name)
    if (value === undefined || done.has(name)) return undefined
    const start = path.indexOf(name)
    if (start >= 0) return path.slice(start)
    for (const [, next = ''] of value.matchAll(/\$[A-Za-z]*\(\s*([\w.]+)/g)) {
      if (next.toLowerCase() === name) continue
      const circle = follow(next.toLowerCase(), [...path, name])
      if (circle !== undefined) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of definitions.keys()) {
    const circle = follow(name, [])
    if (circle !== undefined) return circle
  }
  return undefined
}
