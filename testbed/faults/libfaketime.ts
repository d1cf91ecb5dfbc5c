import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { cached, type Progress } from '#testbed/cache/cache.ts'
import { downloadPackages, findArchive } from '#testbed/condor/private-apt.ts'
import { sharedCache } from '#testbed/instance/folders.ts'

/** Its library is loaded into this host's programs, so it must have been built for no newer C library than the host's. */
const DEBIAN_SUITE = 'bookworm'

/** The variant for programs with threads. */
const LIBRARY = 'libfaketimeMT.so.1'
const placesBelow = (top: string): string[] => globSync(join(top, 'usr/lib/*/faketime', LIBRARY))

/** Path of libfaketime: the installed one, else that of the Debian package in the cache, fetched if it is not there. */
export async function findLibfaketime({ progress = () => {} }: { progress?: Progress } = {}): Promise<string> {
  const [installed] = placesBelow('/')
  if (installed !== undefined) return installed
  const folder = await cached('libfaketime-1', ({ folder: into }) => fetchPackage(into), {
    cache: sharedCache(),
    announce: "fetching libfaketime from this host's package mirror: about 10 s, once",
    needBytes: 200e6,
    progress,
    isWhole: (final) => existsSync(join(final, LIBRARY)),
  })
  return join(folder, LIBRARY)
}

async function fetchPackage(folder: string): Promise<void> {
  const apt = join(folder, 'apt')
  mkdirSync(apt)
  const packages = await downloadPackages(await findArchive(process.env, DEBIAN_SUITE), ['libfaketime'], apt)
  const own = packages.find((path) => basename(path).startsWith('libfaketime_'))
  if (own === undefined) throw new Error('apt downloaded no libfaketime')
  const tree = join(folder, 'tree')
  await execa('dpkg-deb', ['-x', own, tree])
  const [library] = placesBelow(tree)
  if (library === undefined) throw new Error(`${basename(own)} holds no ${LIBRARY}`)
  await copyFile(library, join(folder, LIBRARY))
  for (const unused of [apt, tree]) rmSync(unused, { recursive: true })
}
