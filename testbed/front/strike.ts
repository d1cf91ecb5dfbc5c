import { consume, matches, type Sight } from './match.ts'
import type { Effect, Rule } from './rule.ts'

/** The rules in force, in order of their making. */
export interface Rules {
  values(): Iterable<Rule>
  get(id: string): Rule | undefined
  put(id: string, rule: Rule): void
  delete(id: string): void
}

/** The first rule that fits and strikes; its use is counted before the request goes on. */
export async function strike(rules: Rules, look: () => Promise<Sight>): Promise<Effect | null> {
  const made = [...rules.values()]
  if (made.length === 0) return null
  const sight = await look()
  for (const { id } of made) {
    const rule = rules.get(id) // looking took a moment: another request may have used it up
    if (rule === undefined || !matches(rule, sight)) continue
    const { strikes, next } = consume(rule)
    if (next === null) rules.delete(id)
    else rules.put(id, next)
    if (strikes) return rule.effect
  }
  return null
}

/** Rules that go with their process. */
export function rulesInMemory(): Rules {
  const rules = new Map<string, Rule>()
  return {
    values: () => rules.values(),
    get: (id) => rules.get(id),
    put: (id, rule) => void rules.set(id, rule),
    delete: (id) => void rules.delete(id),
  }
}
