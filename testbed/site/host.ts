import { mkdirSync, statfsSync } from 'node:fs'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { onPath } from '#testbed/cache/programs.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { isRoot, testbedHome } from '#testbed/instance/folders.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import type { Guests, Progress } from './options.ts'

/** Which guests this host and account can have, and if only processes, why. */
export interface HostAbility {
  guests: Guests
  /** Why there are no real guests. */
  why?: string
}

/** Free disk that a site's state, histories and guests need at most, bytes. */
const STATE_BYTES = 1e9

/** Programs of an administrator are not on everybody's PATH: `ip`, `useradd`, `mkfs.ext4`. */
export function useSystemPath(): void {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '')
  const missing = ['/usr/local/sbin', '/usr/sbin', '/sbin'].filter((folder) => !path.includes(folder))
  process.env['PATH'] = [...path, ...missing].join(':')
}

/**
 * Finds out what kind of site can be had here, and puts in place what Debian's own packages bring.
 * @throws {@link Problem} `HostUnfit`, `NoTool` or `DiskFull`, each with what to do
 */
export async function examineHost(wanted: Guests | undefined, progress: Progress): Promise<HostAbility> {
  useSystemPath()
  if (process.platform !== 'linux') {
    throw new Problem({
      code: 'HostUnfit',
      kind: 'failure',
      message: `a site needs Linux, and this is ${process.platform}`,
      next: 'Use a Debian or Ubuntu machine; script/test quick runs here',
    })
  }
  const home = testbedHome()
  mkdirSync(home, { recursive: true })
  requireStateSpace(home)
  if (isRoot()) await ensureTools(progress)
  const why = mayMakeBridges() ? await whyNoGuests(home) : whyNoBridges()
  if (wanted === 'process') return { guests: 'process', why: 'plain worker processes were asked for' }
  if (why === undefined) return { guests: 'guest' }
  if (wanted === undefined) return { guests: 'process', why }
  throw new Problem({
    code: 'NoGuests',
    kind: 'failure',
    message: `no guests can be made here: ${why}`,
    next: 'Run as root of a host (or in a privileged container), or do with plain worker processes',
  })
}

const whyNoBridges = (): string =>
  isRoot() ? 'this root may not make network bridges and mounts (a container?)' : 'not root'

function requireStateSpace(home: string): void {
  const { bavail, bsize } = statfsSync(home)
  const free = bavail * bsize
  if (free >= STATE_BYTES) return
  throw new Problem({
    code: 'DiskFull',
    kind: 'failure',
    where: home,
    message: `${STATE_BYTES / 1e9} GB of free disk are needed and ${(free / 1e9).toFixed(1)} GB are there`,
    next: 'Free some space, or set XDG_STATE_HOME to a folder on a larger disk',
  })
}

/** Programs that a minimal Debian lacks, by package. */
const TOOLS: readonly (readonly [program: string, package_: string])[] = [
  ['ip', 'iproute2'],
  ['setpriv', 'util-linux'],
  ['useradd', 'passwd'],
  ['mkfs.ext4', 'e2fsprogs'],
]

async function ensureTools(progress: Progress): Promise<void> {
  const packages = TOOLS.filter(([program]) => onPath(program) === undefined).map(([, name]) => name)
  if (packages.length === 0) return
  progress(`installing ${packages.join(', ')}`)
  const options = { reject: false, all: true, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const
  await execa('apt-get', ['update', '-qq'], options)
  const result = await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  if (result.exitCode === 0) return
  throw new Problem({
    code: 'NoTool',
    kind: 'failure',
    message: `${packages.join(', ')} could not be installed`,
    next: `Install by hand: apt-get install ${packages.join(' ')}`,
    details: (result.all ?? '').split('\n').slice(-5),
  })
}
