import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { execa, ExecaError } from 'execa'
import { Problem } from '#domain/problem.ts'
import { cached, type Progress } from '../cache/cache.ts'
import { downloadPackages, findArchive } from './private-apt.ts'

/** What the tutorial's jobs run: besides HTCondor, so that plain workers on this host can measure stars as guests do. */
export const ASTRONOMY_PACKAGES = ['source-extractor', 'libcfitsio-bin']
const ASTRONOMY_PROGRAMS = ['source-extractor', 'fpack', 'funpack']

/** Programs of the package that a collector, a schedd, a startd and the tools of users never start. */
const DROPPED =
  /^(condor_(gridmanager|transferd|job_router|rooster|credd|had|replication|kbdd|vm-gahp|vm_|c-gahp|hdfs|ft-gahp|ec2|gce|azure|arc|lease|aviary|pool_job|test|annex|adstash|upgrade|vault|watch|ssh|now|convert|sos|token_request_auto|top|stats)|.*gahp.*|boinc|remote_gahp)/

/**
 * A tree of packages under the cache whose programs run on this host: each is given the tree's own loader and search
 * path, so neither a chroot nor the host's libraries matter, and no script of a package ever runs.
 * @throws {@link Problem} `NoPackages`, `NoArchive` or `DiskFull`, with each way to mend it
 */
export async function packageTree(
  name: string,
  packages: readonly string[],
  options: { cache: string; progress: Progress },
): Promise<string> {
  const announce = `fetching ${packages.join(', ')} from this host's package mirror: about 15 s, once`
  try {
    return await cached(name, ({ folder, final }) => build(packages, folder, final), {
      ...options,
      announce,
      needBytes: 500e6,
    })
  } catch (error) {
    if (error instanceof Problem) throw error
    const said = error instanceof ExecaError ? error.stderr : String(error)
    throw new Problem(
      {
        code: 'NoPackages',
        kind: 'unreachable',
        message: `${packages.join(', ')} could not be fetched`,
        next: 'Any one of the ways below will do',
        details: [
          ...String(said).trim().split('\n').slice(0, 5),
          `install ${packages.join(', ')} yourself, HTCondor as 23 or newer`,
          'connect this machine to its package mirror and run the command again',
          'set CANFAR_DEBIAN_MIRROR to a Debian mirror that this machine reaches',
        ],
      },
      { cause: error },
    )
  }
}

async function build(packages: readonly string[], folder: string, final: string): Promise<void> {
  const apt = join(folder, 'apt')
  mkdirSync(apt)
  for (const deb of await downloadPackages(await findArchive(), [...packages, 'patchelf'], apt)) {
    await execa('dpkg-deb', ['-x', deb, folder])
  }
  for (const unused of [
    'apt',
    'var',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
    'usr/share/info',
    'usr/share/lintian',
    'usr/share/bug',
    'usr/lib/x86_64-linux-gnu/gconv',
  ]) {
    rmSync(join(folder, unused), { recursive: true, force: true })
  }
  await makeRunnable(folder, final)
  mkdirSync(join(folder, 'tools'))
  for (const program of ASTRONOMY_PROGRAMS) {
    if (existsSync(join(folder, 'usr/bin', program)))
      symlinkSync(join('..', 'usr/bin', program), join(folder, 'tools', program))
  }
}

/** Folders of a tree that hold libraries; BLAS and LAPACK have their own, which maintainer scripts would link. */
function libraryFolders(tree: string): string[] {
  const tops = ['usr/lib', 'lib'].filter((top) => existsSync(join(tree, top)))
  const triplets = tops.flatMap((top) =>
    readdirSync(join(tree, top))
      .filter((n) => n.endsWith('-linux-gnu'))
      .map((n) => join(top, n)),
  )
  const algebra = triplets.flatMap((t) => ['blas', 'lapack'].map((n) => join(t, n)))
  return [...triplets, ...algebra, ...tops].filter((path) => existsSync(join(tree, path)))
}

function loaderOf(tree: string): string {
  for (const top of ['usr/lib64', 'lib64', 'usr/lib', 'lib', ...libraryFolders(tree)]) {
    const found = existsSync(join(tree, top))
      ? readdirSync(join(tree, top)).find((name) => /^ld-linux.*\.so/.test(name))
      : undefined
    if (found !== undefined) return join(top, found)
  }
  throw new Error(`${tree} holds no dynamic loader`)
}

async function isProgram(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.subarray(0, 4).toString('latin1') === '\x7fELF' && buffer.includes('ld-linux')
  } finally {
    await file.close()
  }
}

async function makeRunnable(folder: string, final: string): Promise<void> {
  const libraries = libraryFolders(folder)
  const loader = loaderOf(folder)
  const programs: string[] = []
  for (const place of ['usr/bin', 'usr/sbin', 'usr/libexec/condor']) {
    for (const entry of existsSync(join(folder, place))
      ? readdirSync(join(folder, place), { withFileTypes: true })
      : []) {
      const path = join(folder, place, entry.name)
      const wanted =
        place.endsWith('condor') ||
        /^(condor_|classad|procd_ctl|gidd_alloc)/.test(entry.name) ||
        ASTRONOMY_PROGRAMS.includes(entry.name)
      if (!entry.isFile() || entry.name === 'patchelf') continue
      if (!wanted || DROPPED.test(entry.name)) rmSync(path)
      else if (await isProgram(path)) programs.push(path)
    }
  }
  // The tree's own patchelf, run by the tree's own loader: the host needs none, and we need not be root to have it.
  const search = libraries.map((path) => join(folder, path)).join(':')
  const patchelf = [join(folder, loader), '--library-path', search, join(folder, 'usr/bin/patchelf')] as const
  // DT_RPATH, not RUNPATH: it also holds for the libraries' own look-ups and for dlopen.
  const rpath = libraries.map((path) => join(final, path)).join(':')
  await execa(patchelf[0], [
    ...patchelf.slice(1),
    '--set-interpreter',
    join(final, loader),
    '--force-rpath',
    '--set-rpath',
    rpath,
    ...programs,
  ])
  rmSync(join(folder, 'usr/bin/patchelf'))
}
