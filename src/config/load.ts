import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { Problem } from '#domain/problem.ts'
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

/** Where a configuration is looked for, in order. */
export function configPlaces(env: NodeJS.ProcessEnv, cwd: string, flag?: string): { origin: string; file: string }[] {
  if (flag !== undefined) return [{ origin: '--config', file: resolve(cwd, flag) }]
  if (env['CANFAR_BATCH_CONFIG'])
    return [{ origin: 'CANFAR_BATCH_CONFIG', file: resolve(cwd, env['CANFAR_BATCH_CONFIG']) }]
  const home = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config')
  return [
    { origin: 'current folder', file: join(cwd, 'canfar-batch.yaml') },
    { origin: 'user', file: join(home, 'canfar-batch', 'config.yaml') },
    { origin: 'site', file: '/etc/canfar-batch/config.yaml' },
  ]
}

/** Reads the configuration once. Relative paths in it are relative to its own folder. Throws {@link Problem}. */
export function loadConfig(options: { env?: NodeJS.ProcessEnv; cwd?: string; flag?: string } = {}): LoadedConfig {
  const env = options.env ?? process.env
  const places = configPlaces(env, options.cwd ?? process.cwd(), options.flag)
  const place = places.find(({ file }) => existsSync(file))
  if (place === undefined) {
    throw new Problem({
      code: 'ConfigMissing',
      kind: 'auth',
      message: 'no configuration was found',
      details: places.map(({ origin, file }) => `${file} (${origin})`),
      next: 'Ask your site for its config.yaml, or set CANFAR_BATCH_CONFIG to it; docs/configuration.md describes the file.',
    })
  }
  const text = read(place.file)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    throw problem(
      `${place.file}:${lines.linePos(error.pos[0]).line}`,
      (error.message.split('\n')[0] ?? error.message).replace(/ at line \d+, column \d+:$/, ''),
    )
  }
  const parsed = configSchema.safeParse(document.toJS())
  if (!parsed.success) {
    const origins = configOrigins(text)
    const [first, ...others] = parsed.error.issues.map((issue) => located(issue, origins))
    const at = (line: number | undefined) => (line === undefined ? place.file : `${place.file}:${line}`)
    throw problem(
      at(first?.line),
      first?.message ?? 'invalid',
      others.map(({ line, message }) => `${at(line)}: ${message}`),
    )
  }
  const here = dirname(place.file)
  const config = { ...parsed.data, cloudsFile: resolve(here, parsed.data.cloudsFile) }
  return {
    config,
    file: place.file,
    origin: place.origin,
    digest: createHash('sha256').update(text).digest('hex').slice(0, 12),
  }
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

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw problem(file, `cannot be read: ${(error as Error).message}`)
  }
}

function problem(where: string, message: string, details: string[] = []): Problem {
  return new Problem({
    code: 'ConfigInvalid',
    kind: 'auth',
    where,
    message,
    details,
    next: 'Mend the file; docs/configuration.md describes each key.',
  })
}
