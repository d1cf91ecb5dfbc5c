import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import type { Progress } from '../cache/cache.ts'
import { isExecutable, onPath } from '../cache/programs.ts'
import { sharedCache } from '../instance/folders.ts'
import { ASTRONOMY_PACKAGES, packageTree } from './tree.ts'

/** An HTCondor that runs on this host. */
export interface Condor {
  /** `23.9.6` */
  version: string
  /** Tools of users: condor_submit, condor_q … */
  binDir: string
  /** Daemons and tools of administrators. */
  sbinDir: string
  libDir: string
  libexecDir: string
  shareDir: string
}

const OLDEST = 23

/** Version in the output of `condor_version`. */
export function parseVersion(output: string): string | undefined {
  return /^\$CondorVersion: (\d+\.\d+\.\d+)/m.exec(output)?.[1]
}

async function condorBelow(prefix: string): Promise<Condor | undefined> {
  const [binDir, sbinDir] = [join(prefix, 'bin'), join(prefix, 'sbin')]
  const daemons = ['master', 'collector', 'negotiator', 'schedd', 'startd', 'starter', 'shadow'].map((name) =>
    join(sbinDir, `condor_${name}`),
  )
  if (!daemons.every(isExecutable)) return undefined
  const { stdout } = await execa(join(binDir, 'condor_version'), [], {
    reject: false,
    env: { CONDOR_CONFIG: 'ONLY_ENV' },
  })
  const version = parseVersion(stdout)
  if (version === undefined || Number.parseInt(version, 10) < OLDEST) return undefined
  const first = (...paths: [string, ...string[]]): string =>
    join(prefix, paths.find((path) => existsSync(join(prefix, path))) ?? paths[0])
  return {
    version,
    binDir,
    sbinDir,
    libDir: first('lib/condor', 'lib64/condor'),
    libexecDir: first('libexec/condor', 'lib/condor/libexec'),
    shareDir: first('share/condor'),
  }
}

/** The HTCondor (23 or newer) that is installed, else Debian's packages in the cache, fetched if they are not there. */
export async function findCondor({ progress = () => {} }: { progress?: Progress } = {}): Promise<Condor> {
  const master = onPath('condor_master') ?? '/usr/sbin/condor_master'
  const installed = await condorBelow(dirname(dirname(master)))
  if (installed !== undefined) return installed
  const tree = await packageTree('htcondor-tree-1', ['condor', ...ASTRONOMY_PACKAGES], {
    cache: sharedCache(),
    progress,
  })
  const fetched = await condorBelow(join(tree, 'usr'))
  if (fetched === undefined) throw new Error(`${tree} holds no HTCondor that runs; remove it and try again`)
  return fetched
}

/** A folder for PATH that has source-extractor, fpack and funpack, or nothing if all three are on PATH. */
export async function findAstronomyTools({ progress = () => {} }: { progress?: Progress } = {}): Promise<
  string | undefined
> {
  if (['source-extractor', 'fpack', 'funpack'].every((name) => onPath(name) !== undefined)) return undefined
  const withCondor = join(sharedCache(), 'htcondor-tree-1', 'tools')
  if (existsSync(withCondor)) return withCondor
  return join(await packageTree('astronomy-tree-1', ASTRONOMY_PACKAGES, { cache: sharedCache(), progress }), 'tools')
}
