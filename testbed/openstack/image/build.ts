import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { cached, type Progress, withPulse } from '#testbed/cache/cache.ts'
import { ensureMmdebstrap } from '#testbed/cache/mmdebstrap.ts'
import { debianMirror } from '#testbed/guest/image/mirror.ts'
import { isRoot, personalCache } from '#testbed/instance/folders.ts'
import { BUILD, PACKAGES, recipeDigest, SUITE } from './recipe.ts'

export interface ImageOptions {
  /** Default: {@link personalCache}. */
  cache?: string
  progress?: Progress
}

/** Where the image is or would be. */
export const openStackImagePath = (cache: string = personalCache()): string =>
  join(cache, 'openstack', `image-${recipeDigest()}`)

/** The last step of building lays it. */
export const isWhole = (path: string): boolean => existsSync(join(path, 'srv/whole'))

/**
 * The root file system that OpenStack's services run in, from the cache or made now. They only ever read it.
 * @returns its path
 * @throws {@link Problem} `NotRoot`, `NoMmdebstrap` or `OpenStackImageFailed`, each with what to do.
 */
export function ensureOpenStackImage({
  cache = personalCache(),
  progress = () => {},
}: ImageOptions = {}): Promise<string> {
  const announce = `installing OpenStack from Debian ${SUITE}: about two minutes and 1.3 GB, once`
  const build = ({ folder }: { folder: string }): Promise<void> => makeImage(folder, progress)
  return cached(`openstack/image-${recipeDigest()}`, build, { cache, announce, needBytes: 2.5e9, progress, isWhole })
}

async function makeImage(folder: string, progress: Progress): Promise<void> {
  if (!isRoot()) {
    throw new Problem({
      code: 'NotRoot',
      kind: 'auth',
      message: 'only root can make the root file system that OpenStack runs in',
      next: 'Run with sudo, or do with the simulated clouds, which need no rights',
    })
  }
  await ensureMmdebstrap(progress)
  const args = [BUILD, folder, SUITE, PACKAGES.join(','), (await debianMirror()) ?? '']
  const work = execa('sh', args, {
    reject: false,
    all: true,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  })
  const result = await withPulse('installing OpenStack', progress, work)
  if (result.exitCode === 0) return
  throw new Problem({
    code: 'OpenStackImageFailed',
    kind: 'failure',
    message: 'OpenStack could not be installed',
    next: 'Check that the Debian mirror of this host answers: apt-get update',
    details: result.all.split('\n').slice(-10),
  })
}
