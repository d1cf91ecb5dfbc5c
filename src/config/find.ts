import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Problem } from '#domain/problem.ts'

export interface FindOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The file that was named on the command line. */
  flag?: string
}

export interface FoundConfig {
  file: string
  /** Which search step found the file. */
  origin: string
  text: string
  /** Changes with the text. */
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

/** The text of the first file that there is. Throws {@link Problem}. */
export function findConfig({ env = process.env, cwd = process.cwd(), flag }: FindOptions): FoundConfig {
  const places = configPlaces(env, cwd, flag)
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
  return { ...place, text, digest: createHash('sha256').update(text).digest('hex').slice(0, 12) }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw invalid(file, `cannot be read: ${(error as Error).message}`)
  }
}

export function invalid(where: string, message: string, details: string[] = []): Problem {
  return new Problem({
    code: 'ConfigInvalid',
    kind: 'auth',
    where,
    message,
    details,
    next: 'Mend the file; docs/configuration.md describes each key.',
  })
}
