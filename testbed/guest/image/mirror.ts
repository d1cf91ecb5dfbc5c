import { execa } from 'execa'

/**
 * The Debian mirror that a host's `apt-get indextargets --format '$(ORIGIN) $(LABEL) $(SITE)'` names; `undefined` if the host is
 * no Debian.
 */
export function mirrorFrom(indexTargets: string): string | undefined {
  for (const line of indexTargets.split('\n')) {
    const [origin, label, site] = line.split(' ')
    if (origin === 'Debian' && label === 'Debian' && site?.startsWith('http') === true) return site
  }
  return undefined
}

/** `CANFAR_DEBIAN_MIRROR`, else the mirror that this host is set up to use; `undefined` leaves the choice to mmdebstrap. */
export async function debianMirror(): Promise<string | undefined> {
  const named = process.env['CANFAR_DEBIAN_MIRROR']
  if (named !== undefined && named !== '') return named
  const format = ['indextargets', '--format', '$(ORIGIN) $(LABEL) $(SITE)']
  const { stdout, exitCode } = await execa('apt-get', format, { reject: false })
  return exitCode === 0 ? mirrorFrom(stdout) : undefined
}
