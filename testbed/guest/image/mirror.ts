import { execa } from 'execa'

const PUBLIC_MIRROR = 'http://deb.debian.org/debian'

/** The Debian mirror that a host's `apt-get indextargets --format '$(ORIGIN) $(LABEL) $(SITE)'` names, if it is a Debian. */
export function mirrorFrom(indexTargets: string): string {
  for (const line of indexTargets.split('\n')) {
    const [origin, label, site] = line.split(' ')
    if (origin === 'Debian' && label === 'Debian' && site?.startsWith('http') === true) return site
  }
  return PUBLIC_MIRROR
}

/** `CANFAR_DEBIAN_MIRROR`, else the mirror that this host is set up to use; Debian's own on a host that is no Debian. */
export async function debianMirror(): Promise<string> {
  const named = process.env['CANFAR_DEBIAN_MIRROR']
  if (named !== undefined && named !== '') return named
  const format = ['indextargets', '--format', '$(ORIGIN) $(LABEL) $(SITE)']
  const { stdout, exitCode } = await execa('apt-get', format, { reject: false })
  return exitCode === 0 ? mirrorFrom(stdout) : PUBLIC_MIRROR
}
