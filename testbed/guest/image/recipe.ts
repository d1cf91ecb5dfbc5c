import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Debian's release: the first whose archive has both cloud-init 25 and HTCondor 23.9. */
export const SUITE = 'trixie'

/** What an astronomer's image holds: what boots it, the pool's software, and the software of the tutorial's jobs. */
export const PACKAGES = [
  // Debian's daemonless systemctl: it starts real unit files, where systemd itself refuses to run on cgroup v1
  'systemctl',
  'cloud-init',
  'condor',
  'iproute2',
  'procps',
  'sudo',
  'ca-certificates',
  'source-extractor',
  'libcfitsio-bin',
] as const

/** The folder of `build.sh` and `root/`, which is laid over what the packages bring. */
export const HERE = import.meta.dirname

/** Everything that the image depends on but the day's state of the archive, as 16 hex digits. */
export function recipeDigest(): string {
  const hash = createHash('sha256').update(JSON.stringify([SUITE, PACKAGES]))
  const root = join(HERE, 'root')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()
  for (const path of [join(HERE, 'build.sh'), ...files.map((file) => join(root, file))]) {
    const stat = statSync(path)
    if (!stat.isFile()) continue
    hash.update(`${path.slice(HERE.length)} ${stat.mode & 0o111}\n`).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 16)
}
