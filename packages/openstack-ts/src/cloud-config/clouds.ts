import { CloudConfigError } from './config-error.ts'
import { readEntries } from './read-file.ts'
import type { FoundFiles } from './search.ts'
import { isTree, mergeTrees, scalarText, type Tree } from '../tree.ts'

/** All entries of the files that were found: clouds.yaml, with secure.yaml's values laid over it. */
export function readClouds(found: FoundFiles): Map<string, Tree> {
  const clouds = found.clouds === undefined ? {} : readEntries(found.clouds, 'clouds')
  const secure = found.secure === undefined ? {} : readEntries(found.secure, 'clouds')
  const entries = new Map<string, Tree>()
  for (const [name, entry] of Object.entries(mergeTrees(clouds, secure))) {
    if (!isTree(entry))
      throw new CloudConfigError('FileInvalid', 'must be a mapping', { path: found.clouds, cloud: name })
    entries.set(name, entry)
  }
  return entries
}

/** Lays an entry over the public profile that it names, as openstacksdk does with clouds-public.yaml. */
export function withProfile(name: string, entry: Tree, found: FoundFiles): Tree {
  const profile = scalarText(entry['profile'] ?? entry['cloud'])
  if (profile === undefined) return entry
  const refuse = (message: string) =>
    new CloudConfigError('KeyInvalid', message, { path: found.clouds, cloud: name, key: 'profile' })
  if (found.public === undefined) throw refuse(`profile ${profile} is named, but there is no clouds-public.yaml`)
  const profiles = readEntries(found.public, 'public-clouds')
  const base = profiles[profile]
  if (isTree(base)) return mergeTrees(base, entry)
  throw refuse(`no profile ${profile} in ${found.public} (it has: ${Object.keys(profiles).join(', ') || 'none'})`)
}

/**
 * Chooses the region of an entry that lists several (`regions:`), and lays that region's own values over it.
 * A region that was asked for wins over `region_name`, which wins over the first of the list.
 */
export function withRegion(name: string, entry: Tree, wanted: string | undefined, path: string | undefined): Tree {
  const listed = Array.isArray(entry['regions']) ? entry['regions'].map(regionOf) : []
  const region = wanted ?? scalarText(entry['region_name']) ?? listed[0]?.name
  if (region === undefined) return entry
  const found = listed.find((one) => one.name === region)
  if (listed.length > 0 && found === undefined) {
    const known = listed.map((one) => one.name).join(', ')
    const place = { path, cloud: name, key: 'regions' }
    throw new CloudConfigError('KeyInvalid', `no region ${region} (it has: ${known})`, place)
  }
  return mergeTrees(mergeTrees(entry, found?.values ?? {}), { region_name: region })
}

function regionOf(item: unknown): { name: string; values: Tree } {
  if (!isTree(item)) return { name: scalarText(item) ?? '', values: {} }
  return { name: scalarText(item['name']) ?? '', values: isTree(item['values']) ? item['values'] : {} }
}
