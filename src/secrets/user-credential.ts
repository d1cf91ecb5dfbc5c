import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CloudConfigError, cloudConfigFromEntry, listClouds, loadCloudConfig, type CloudConfig } from 'openstack-ts'
import { parse, stringify } from 'yaml'
import { Problem } from '#domain/problem.ts'
import { entryOf } from './entry-of.ts'

/** What is needed of a cloud to tell which of a user's credentials is for it. */
export interface KnownCloud {
  name: string
  aliases: readonly string[]
  /** Keystone's address, from the site's configuration; compared with that of openrc variables. */
  authUrl?: string | undefined
}

/** A user's credential for one of our clouds. */
export interface FoundCredential {
  cloud: string
  config: CloudConfig
}

/**
 * The user's credentials for the clouds of this site: entries of clouds.yaml that are called as the cloud is (or one of its
 * aliases), and openrc variables for the cloud whose Keystone they name. `OS_CLOUD` narrows the search to one entry.
 *
 * @throws Problem `NoCredentials`, which lists every place that was looked at
 */
export function findCredentials(
  clouds: readonly KnownCloud[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): FoundCredential[] {
  try {
    const wanted = env['OS_CLOUD'] || undefined
    const listed = listClouds({ env, cwd }).filter(({ name }) => wanted === undefined || name === wanted)
    const found = listed.flatMap((one) => {
      const cloud = clouds.find((known) => isFor(known, one, listed.length === 1 && clouds.length === 1))
      if (cloud === undefined) return []
      const config = loadCloudConfig({ env, cwd, ...(one.name === 'envvars' ? {} : { cloud: one.name }) })
      return [{ cloud: cloud.name, config }]
    })
    const first = clouds.flatMap(({ name }) => found.find(({ cloud }) => cloud === name) ?? [])
    if (first.length > 0) return first
    // nothing is there at all, or nothing that fits: the loader's own words say where it looked
    if (listed.length === 0) loadCloudConfig({ env, cwd, ...(wanted === undefined ? {} : { cloud: wanted }) })
    throw new Problem({
      code: 'NoCredentials',
      kind: 'auth',
      message: 'none of your OpenStack credentials is for a cloud of this site',
      details: [
        ...listed.map(({ name, path, authUrl }) => `found: ${name} in ${path}, for ${authUrl ?? 'no auth_url'}`),
        ...clouds.map(({ name, authUrl }) => `wanted: ${name}${authUrl === undefined ? '' : ` at ${authUrl}`}`),
      ],
      next: 'Source your project’s openrc file, or name the entry in clouds.yaml as the cloud is named here.',
    })
  } catch (error) {
    if (error instanceof CloudConfigError) {
      const [message = '', ...places] = error.message.split('\n')
      throw new Problem(
        {
          code: error.code,
          kind: 'auth',
          message,
          ...(places.length === 0 ? {} : { details: places.map((place) => place.trim()) }),
          next: 'Source your project’s openrc file (. project-openrc.sh), or set OS_CLOUD to an entry of your clouds.yaml.',
        },
        { cause: error },
      )
    }
    throw error
  }
}

function isFor(known: KnownCloud, listed: { name: string; authUrl: string | undefined }, only: boolean): boolean {
  if (listed.name !== 'envvars') return listed.name === known.name || known.aliases.includes(listed.name)
  if (known.authUrl === undefined) return only
  return listed.authUrl !== undefined && bare(listed.authUrl) === bare(known.authUrl)
}

/** Keystone's address as people write it, with or without a version at its end. */
export const bare = (url: string): string => url.replace(/\/+$/, '').replace(/\/v\d[\d.]*$/, '')

/** Copies this old were left by something that was ended from outside, ms: they are needed for minutes, if a cloud is away for days. */
const oldest = 30 * 86_400_000

/**
 * Keeps a copy that the worker process can open with the user's rights, readable by the user alone, and tells where.
 * @param purpose whose it is, and who removes it: part of the file's name
 */
export async function keepCredential(
  folder: string,
  { cloud, config }: FoundCredential,
  purpose: string,
): Promise<{ file: string; entry: string }> {
  const text = stringify({ clouds: { [cloud]: entryOf(config) } })
  const own = join(folder, 'credentials')
  const file = join(own, `${purpose}.${cloud}.yaml`)
  await mkdir(own, { recursive: true, mode: 0o700 })
  await chmod(own, 0o700)
  await removeOld(own)
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, text, { mode: 0o600 })
  await rename(unfinished, file)
  return { file, entry: cloud }
}

async function removeOld(folder: string): Promise<void> {
  const files = (await readdir(folder)).map((name) => join(folder, name))
  const ages = await Promise.all(files.map((file) => stat(file).catch(() => undefined)))
  const old = files.filter((_, n) => (ages[n]?.mtimeMs ?? Infinity) < Date.now() - oldest)
  await Promise.all(old.map((file) => rm(file, { force: true })))
}

/** The credential of a file that {@link keepCredential} wrote. */
export function openCredential(text: string, file: string, entry: string): CloudConfig {
  const tree = (parse(text) as { clouds?: Record<string, Record<string, unknown>> } | null)?.clouds?.[entry]
  if (tree === undefined) {
    throw new Problem({
      code: 'NoCredentials',
      kind: 'auth',
      message: `${file} has no entry ${entry}`,
      next: 'Submit again.',
    })
  }
  return cloudConfigFromEntry(entry, tree, { source: { kind: 'inline' }, path: file, base: dirname(file) })
}
