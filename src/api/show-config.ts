import { readFileSync } from 'node:fs'
import { configOrigins } from '#config/origins.ts'
import type { Context } from './context.ts'
import type { ConfigEntry } from './types.ts'

/** Every key in force, and where its value comes from. There is no secret in the configuration: it names files that hold them. */
export function showConfig({ loaded: { config, file, origin } }: Pick<Context, 'loaded'>): ConfigEntry[] {
  const lines = configOrigins(readFileSync(file, 'utf8'))
  return flat(config).map(([key, value]) => ({
    key,
    value,
    origin: lines.has(key) ? `${file}:${lines.get(key) ?? 1} (${origin})` : 'default',
  }))
}

function flat(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item !== 'object')
      ? [[path, value.join(', ')]]
      : value.flatMap((item, i) => flat(item, `${path}.${i}`))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : flat(inner, path === '' ? key : `${path}.${key}`),
    )
  }
  return [[path, String(value)]]
}
