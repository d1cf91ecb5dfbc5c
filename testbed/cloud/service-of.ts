import type { Service } from './error-body.ts'

/** The service that a path belongs to; null = none of them. */
export function serviceOf(path: string): Service | null {
  const [, first] = /^\/(identity|image|compute|network)(?:[/?]|$)/.exec(path) ?? []
  return first === 'identity' || first === 'image' || first === 'compute' || first === 'network' ? first : null
}
