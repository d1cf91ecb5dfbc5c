import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { onPath } from '../cache/programs.ts'

/** Where packages come from. */
export interface Archive {
  /** As in sources.list. */
  site: string
  suite: string
  components: string
  keyring: string
}

/** The suite whose HTCondor (23.9) we use on every Debian. */
const DEBIAN_SUITE = 'trixie'

/** The archive sites that this host's own apt is set up for, by suite: parsed from `apt-get --print-uris update`. */
export function sitesOf(printUris: string): { site: string; suite: string }[] {
  return [...printUris.matchAll(/^'([^']+)\/dists\/([^'/]+)\/InRelease'/gm)].map((m) => ({
    site: m[1] ?? '',
    suite: m[2] ?? '',
  }))
}

/**
 * The archive to take HTCondor from: `CANFAR_DEBIAN_MIRROR` if set, else the mirror that the host's own apt uses for its
 * release: with Debian's trixie (or another suite of Debian's) on Debian, with the host's own release on Ubuntu.
 * @throws {@link Problem} `NoArchive`
 */
export async function findArchive(
  env: Readonly<Record<string, string | undefined>> = process.env,
  suite = DEBIAN_SUITE,
): Promise<Archive> {
  const debian = { suite, components: 'main', keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' }
  const mirror = env['CANFAR_DEBIAN_MIRROR']
  if (mirror !== undefined && mirror !== '') return { site: mirror, ...debian }
  const release = Object.fromEntries(
    readFileSync('/etc/os-release', 'utf8')
      .split('\n')
      .map((line) => line.replaceAll('"', '').split('=', 2)),
  ) as Record<string, string>
  const codename = release['VERSION_CODENAME'] ?? ''
  const uris =
    onPath('apt-get') === undefined
      ? ''
      : (await execa('apt-get', ['--print-uris', 'update', '-o', 'Debug::NoLocking=1'], { reject: false })).stdout
  const site = sitesOf(uris).find((row) => row.suite === codename)?.site
  if (site !== undefined && release['ID'] === 'debian') return { site, ...debian }
  if (site !== undefined && release['ID'] === 'ubuntu') {
    return {
      site,
      suite: codename,
      components: 'main universe',
      keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
    }
  }
  throw new Problem({
    code: 'NoArchive',
    kind: 'failure',
    message: `no package archive is known for this system (${release['PRETTY_NAME'] ?? 'no /etc/os-release'})`,
    next: 'Install HTCondor >= 23 and source-extractor yourself, or set CANFAR_DEBIAN_MIRROR to a Debian mirror',
  })
}

/** Packages that a `Package` line names but whose files the programs never touch: interpreters, account tools, documents. */
const NOT_NEEDED =
  /^(python3|libpython3|perl|libperl|libdate-manip|libboost-python|libjs-|fonts-|debconf|libdebconf|adduser|passwd|login|dpkg|tar|coreutils|util-linux|systemd|openssl$|ca-certificates|media-types|net-tools|bash|tzdata|base-passwd|netbase|pcre2-utils|libpcre2-(16|32|posix)|libgdbm|libdb5|readline|libpam-modules|libsemanage|libsepol|condor-upgrade|libaudit-common)/

/**
 * Downloads packages with what they depend on, by an apt whose lists, state and cache are all in `folder`: needs no root
 * and touches nothing of the host's. The host's keyring checks the signatures. Returns the paths of the .deb files.
 */
export async function downloadPackages(
  archive: Archive,
  packages: readonly string[],
  folder: string,
): Promise<string[]> {
  for (const sub of ['etc/apt.conf.d', 'etc/preferences.d', 'state/lists/partial', 'cache/archives/partial', 'debs']) {
    mkdirSync(join(folder, sub), { recursive: true })
  }
  writeFileSync(join(folder, 'status'), '')
  writeFileSync(
    join(folder, 'etc/sources.list'),
    `deb [signed-by=${archive.keyring}] ${archive.site} ${archive.suite} ${archive.components}\n`,
  )
  const settings = {
    Dir: folder,
    'Dir::Etc': join(folder, 'etc'),
    'Dir::Etc::sourcelist': join(folder, 'etc/sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Install-Recommends': 'false',
    // Otherwise apt as root becomes _apt, which may not enter the folder.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Debug::NoLocking': '1',
  }
  const apt = (args: string[], cwd?: string): Promise<{ stdout: string }> =>
    execa(
      'apt-get',
      ['-qq', ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]), ...args],
      {
        env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
        ...(cwd === undefined ? {} : { cwd }),
      },
    )
  await apt(['update'])
  // `name-` keeps a package out: an NSS module that nothing of ours asks.
  const { stdout } = await apt(['install', '--print-uris', ...packages, 'libnss-systemd-'])
  const names = [...stdout.matchAll(/^'[^']+' ([a-z0-9.+-]+)_/gm)]
    .map((m) => m[1] ?? '')
    .filter((name) => !NOT_NEEDED.test(name))
  if (names.length === 0) throw new Error(`apt found no packages for ${packages.join(', ')}`)
  await apt(['download', ...names], join(folder, 'debs'))
  return readdirSync(join(folder, 'debs'))
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(folder, 'debs', name))
}
