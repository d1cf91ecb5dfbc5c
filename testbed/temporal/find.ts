import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { cached, type Progress, withPulse } from '../cache/cache.ts'
import { isExecutable, onPath } from '../cache/programs.ts'
import { personalCache } from '../instance/folders.ts'
import { downloadTemporal } from './download.ts'

/** The newest version that `go install` builds: later ones have a `replace` in their go.mod. Its server is 1.29.1. */
export const TEMPORAL_VERSION = '1.5.1'

const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`

export interface FindTemporalOptions {
  env?: Readonly<Record<string, string | undefined>>
  progress?: Progress
  /** Where to download from; for tests. */
  downloads?: string
}

const version = async (path: string): Promise<string | undefined> => {
  const { exitCode, stdout } = await execa(path, ['--version'], { reject: false })
  return exitCode === 0 ? stdout.trim() : undefined
}

/**
 * Path of a Temporal CLI that runs: `TEMPORAL_CLI`, PATH, the cache, a download, or `go install` into the cache.
 * @throws {@link Problem} `NoTemporal` that says why each way failed and how to mend it.
 */
export async function findTemporal({
  env = process.env,
  progress = () => {},
  downloads,
}: FindTemporalOptions = {}): Promise<string> {
  const named = env['TEMPORAL_CLI']
  if (named !== undefined && named !== '') {
    if (isExecutable(named) && (await version(named)) !== undefined) return named
    throw new Problem({
      code: 'NoTemporal',
      kind: 'auth',
      message: `TEMPORAL_CLI names ${named}, which does not run`,
      next: `Set it to a Temporal CLI, or unset it to have one found or built`,
    })
  }
  const installed = onPath('temporal', env['PATH'])
  if (installed !== undefined && (await version(installed)) !== undefined) return installed
  const cache = personalCache(env)
  const key = join('temporal', TEMPORAL_VERSION)
  const inCache = join(cache, key, 'temporal')
  if (isExecutable(inCache)) return inCache

  const reasons: string[] = []
  const ways = [
    {
      announce: `downloading Temporal CLI ${TEMPORAL_VERSION}, once`,
      needBytes: 400e6,
      build: (folder: string) => downloadTemporal(TEMPORAL_VERSION, folder, downloads),
    },
    {
      announce: `building Temporal CLI ${TEMPORAL_VERSION} with go install: about 160 s on 2 cores, once`,
      needBytes: 3e9,
      build: (folder: string) => goInstall(folder, env, progress),
    },
  ]
  for (const { announce, needBytes, build } of ways) {
    try {
      await cached(key, ({ folder }) => build(folder), {
        cache,
        announce,
        needBytes,
        progress,
        isWhole: () => isExecutable(inCache),
      })
      return inCache
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
      const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
      reasons.push(`${announce.split(/[,:]/)[0]}: ${why}${cause}`)
      progress(reasons.at(-1) ?? '')
    }
  }
  throw new Problem({
    code: 'NoTemporal',
    kind: 'unreachable',
    message: 'no Temporal CLI was found, and none could be fetched or built',
    next: 'Any one of the ways below will do',
    details: [
      ...reasons,
      `put a Temporal CLI (>= ${TEMPORAL_VERSION}) on PATH, or set TEMPORAL_CLI to its path`,
      `install Go >= 1.25 and run: GOBIN=${join(cache, key)} go install ${MODULE}`,
      'connect this machine to the internet and run the command again',
    ],
  })
}

async function goInstall(folder: string, env: FindTemporalOptions['env'] & {}, progress: Progress): Promise<void> {
  const go = onPath('go', env['PATH']) ?? ['/usr/local/go/bin/go', '/usr/lib/go/bin/go'].find(isExecutable)
  if (go === undefined) throw new Error('Go is not installed')
  const build = execa(go, ['install', MODULE], {
    env: { ...env, GOBIN: folder, GOFLAGS: '' },
    extendEnv: false,
    timeout: 900_000,
  })
  await withPulse('building Temporal', progress, build)
}
