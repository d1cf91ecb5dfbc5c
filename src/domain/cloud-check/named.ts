import { failed, passed, skipped, type Check } from '../check.ts'

interface Named {
  id: string
  name: string
}

export interface NamedWish {
  /** Of the check: `security groups`. */
  name: string
  /** Of the configuration: `securityGroups`. */
  key: string
  /** Names or ids from there. */
  wanted: readonly string[]
  /** What is done if there are none. */
  otherwise: string
}

/** Whether the cloud has what the configuration names, each of it once. */
export function judgeNamed({ name, key, wanted, otherwise }: NamedWish, known: readonly Named[]): Check {
  if (wanted.length === 0) return skipped(name, `none is configured: ${otherwise}`)
  const matches = wanted.map((one) => ({
    one,
    ids: [...new Set(known.filter((other) => other.id === one || other.name === one).map(({ id }) => id))],
  }))
  const next = `Correct "${key}" of this cloud in the configuration`
  const missing = matches.filter(({ ids }) => ids.length === 0).map(({ one }) => one)
  if (missing.length > 0) {
    const there = [...new Set(known.map((other) => other.name))].join(', ') || 'none'
    return failed(name, `not there: ${missing.join(', ')}; there are: ${there}`, `${next}, or make it on the cloud.`)
  }
  const several = matches.filter(({ ids }) => ids.length > 1)
  if (several.length > 0) {
    const detail = several.map(({ one, ids }) => `${ids.length} are called ${one}: ${ids.join(', ')}`).join('; ')
    return failed(name, detail, `${next}: an id is never ambiguous.`)
  }
  return passed(name, wanted.join(', '))
}
