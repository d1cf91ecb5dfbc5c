import { existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Problem } from '#domain/problem.ts'
import { withLock } from '../instance/lock.ts'

export type Progress = (line: string) => void

export interface CacheOptions {
  /** The cache's folder: `personalCache()` or `sharedCache()` of `#testbed/instance/folders.ts`. */
  cache: string
  /** Said when something has to be built: `building Temporal with go install: about 160 s, once`. */
  announce: string
  /** Free disk that the build needs at its largest, bytes. */
  needBytes: number
  progress: Progress
  /** Whether a folder found in the place is good; a bad one is removed and built again. Default: it is. */
  isWhole?: (final: string) => boolean
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/** @throws {@link Problem} `DiskFull` if the file system of `folder` has less than `bytes` free for us. */
export function requireSpace(folder: string, bytes: number, free = statfsSync(folder)): void {
  const available = free.bavail * free.bsize
  if (available >= bytes) return
  throw new Problem({
    code: 'DiskFull',
    kind: 'failure',
    where: folder,
    message: `${gigabytes(bytes)} of free disk are needed and ${gigabytes(available)} are there`,
    next: 'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
  })
}

/**
 * The folder `<cache>/<key>`, built if it is not there. It appears whole or not at all: it is built beside its place and
 * renamed, by one process of this host at a time; others wait and use the result.
 * @param build Fills `folder`; whatever has to know its own path must use `final`.
 */
export async function cached(
  key: string,
  build: (paths: { folder: string; final: string }) => Promise<void>,
  { cache, announce, needBytes, progress, isWhole = () => true }: CacheOptions,
): Promise<string> {
  const final = join(cache, key)
  const present = (): boolean => existsSync(final) && isWhole(final)
  if (present()) return final
  mkdirSync(dirname(final), { recursive: true, mode: 0o755 })
  const waiting = (): void => progress(`waiting for another process: ${announce}`)
  await withLock(
    `cache ${final}`,
    async () => {
      if (present()) return
      await rm(final, { recursive: true, force: true })
      const prefix = `.${basename(final)}.building-`
      for (const left of readdirSync(dirname(final))) {
        if (left.startsWith(prefix)) await rm(join(dirname(final), left), { recursive: true, force: true })
      }
      requireSpace(dirname(final), needBytes)
      progress(announce)
      const folder = join(dirname(final), `${prefix}${process.pid}`)
      mkdirSync(folder, { mode: 0o755 })
      try {
        await build({ folder, final })
        await rename(folder, final)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    waiting,
  )
  return final
}

/** Says every `everyMs` that `what` still goes on, until `work` ends. */
export async function withPulse<T>(what: string, progress: Progress, work: Promise<T>, everyMs = 20_000): Promise<T> {
  const begun = Date.now()
  const timer = setInterval(() => progress(`still ${what}: ${Math.round((Date.now() - begun) / 1000)} s`), everyMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
