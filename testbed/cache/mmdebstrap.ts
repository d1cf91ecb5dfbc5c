import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import type { Progress } from './cache.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Installs what makes Debian root file systems, where it is missing; as root alone.
 * @throws {@link Problem} `NoMmdebstrap`
 */
export async function ensureMmdebstrap(progress: Progress): Promise<void> {
  const missing = []
  if ((await execa('mmdebstrap', ['--version'], { reject: false })).exitCode !== 0) missing.push('mmdebstrap')
  if (!existsSync(KEYRING)) missing.push('debian-archive-keyring')
  if (missing.length === 0) return
  progress(`installing ${missing.join(' and ')}`)
  const options = { reject: false, all: true, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const
  await execa('apt-get', ['update', '-qq'], options)
  const result = await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options)
  if (result.exitCode === 0) return
  throw new Problem({
    code: 'NoMmdebstrap',
    kind: 'failure',
    message: `${missing.join(' and ')} could not be installed`,
    next: `Install by hand: apt-get install ${missing.join(' ')}`,
    details: result.all.split('\n').slice(-5),
  })
}
