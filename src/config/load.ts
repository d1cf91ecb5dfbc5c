import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { findConfig, invalid, type FindOptions } from './find.ts'
import { configOrigins } from './origins.ts'
import { configSchema, type Config } from './schema.ts'

export interface LoadedConfig {
  config: Config
  file: string
  /** Which search step found the file. */
  origin: string
  /** Changes with the configuration; the watches compare it. */
  digest: string
}

/** Reads the configuration once. Relative paths in it are relative to its own folder. Throws {@link Problem}. */
export function loadConfig(options: FindOptions = {}): LoadedConfig {
  const { text, digest, ...place } = findConfig(options)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    throw invalid(
      `${place.file}:${lines.linePos(error.pos[0]).line}`,
      (error.message.split('\n')[0] ?? error.message).replace(/ at line \d+, column \d+:$/, ''),
    )
  }
  const parsed = configSchema.safeParse(document.toJS())
  if (!parsed.success) {
    const origins = configOrigins(text)
    const [first, ...others] = parsed.error.issues.map((issue) => located(issue, origins))
    const at = (line: number | undefined) => (line === undefined ? place.file : `${place.file}:${line}`)
    throw invalid(
      at(first?.line),
      first?.message ?? 'invalid',
      others.map(({ line, message }) => `${at(line)}: ${message}`),
    )
  }
  const here = dirname(place.file)
  const { cloudsFile, ownersFile } = parsed.data
  const config = {
    ...parsed.data,
    cloudsFile: resolve(here, cloudsFile),
    ...(ownersFile !== undefined && { ownersFile: resolve(here, ownersFile) }),
  }
  return { config, ...place, digest }
}

/** The key that is wrong, and its line; of a key that is missing, the line of what it is missing in. */
function located(issue: z.core.$ZodIssue, origins: ReadonlyMap<string, number>): { line?: number; message: string } {
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : []
  const path = [...issue.path.map(String), ...(unknown === undefined ? [] : [unknown])]
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  const message = unknown !== undefined ? 'there is no such key' : missing ? 'is missing' : issue.message
  for (let known = path.length; known > 0; known--) {
    const line = origins.get(path.slice(0, known).join('.'))
    if (line !== undefined) return { line, message: `${path.join('.')}: ${message}` }
  }
  return { message: path.length === 0 ? message : `${path.join('.')}: ${message}` }
}
