import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { cached, type Progress } from '#testbed/cache/cache.ts'
import { ensureMmdebstrap } from '#testbed/cache/mmdebstrap.ts'
import { isRoot, personalCache } from '#testbed/instance/folders.ts'
import { debianMirror } from './mirror.ts'
import { HERE, PACKAGES, recipeDigest, SUITE } from './recipe.ts'

export interface ImageOptions {
  /** Default: {@link personalCache}. */
  cache?: string
  progress?: Progress
}

/** The last step of building lays it. */
const isWhole = (path: string): boolean => existsSync(join(path, 'usr/local/lib/systemctl.pyc'))

/** Where the image is or would be. */
export function guestImagePath(cache: string = personalCache()): string {
  return join(cache, 'guest', recipeDigest())
}

/**
 * The guest's root file system, from the cache or made now: 30 s, 320 MB. Only ever used as a lower layer of overlays.
 * @returns its path
 * @throws {@link Problem} `NotRoot`, `NoMmdebstrap` or `GuestImageFailed`, each with what to do.
 */
export function ensureGuestImage({ cache = personalCache(), progress = () => {} }: ImageOptions = {}): Promise<string> {
  const announce = `making the guest image, Debian ${SUITE} with cloud-init and HTCondor: about 30 s, once`
  const build = ({ folder }: { folder: string }): Promise<void> => makeImage(folder, progress)
  return cached(`guest/${recipeDigest()}`, build, { cache, announce, needBytes: 1e9, progress, isWhole })
}

async function makeImage(folder: string, progress: Progress): Promise<void> {
  if (!isRoot()) {
    throw new Problem({
      code: 'NotRoot',
      kind: 'auth',
      message: 'only root can make the root file system of a guest',
      next: 'Run with sudo, or do without guests: plain worker processes on loopback addresses need no image',
    })
  }
  await ensureMmdebstrap(progress)
  const args = [join(HERE, 'build.sh'), folder, SUITE, PACKAGES.join(','), (await debianMirror()) ?? '']
  const result = await execa('sh', args, {
    reject: false,
    all: true,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  })
  if (result.exitCode === 0) return
  throw new Problem({
    code: 'GuestImageFailed',
    kind: 'failure',
    message: 'the guest image could not be made',
    next: 'Check that the Debian mirror of this host answers: apt-get update',
    details: result.all.split('\n').slice(-10),
  })
}
