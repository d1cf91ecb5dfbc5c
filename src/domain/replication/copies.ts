import type { ImageVisibility } from '../image.ts'
import { isOpen } from '../image-sharing.ts'
import { markName, markOf } from './properties.ts'
import { sameData, sameStrong, type DataHashes } from './same-data.ts'

/** An image of the target cloud, as far as it could be a copy. */
export interface Candidate {
  id: string
  name: string
  /** Glance's word. */
  status: string
  /** Id of the project that owns it. */
  owner: string
  visibility: ImageVisibility
  hashes: DataHashes
  properties: Readonly<Record<string, string>>
}

/**
 * The image of the target cloud that makes a copy unnecessary: active, with the same data. One of another project counts only if
 * everybody can boot it, the batch project too, and by its strong hash alone, since anybody can make data for an MD5. The
 * project's own go first, those of the same name before others.
 */
export function copyAmong(
  candidates: readonly Candidate[],
  source: { name: string; hashes: DataHashes },
  project: string,
): Candidate | undefined {
  const rank = ({ owner, name }: Candidate): number => (owner === project ? 0 : 2) + (name === source.name ? 0 : 1)
  return candidates
    .filter((one) => {
      const { status, owner, hashes } = one
      const same =
        owner === project ? sameData(hashes, source.hashes) : isOpen(one) && sameStrong(hashes, source.hashes)
      return status === 'active' && same === true
    })
    .toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))[0]
}

/** What attempts have left of a copy that did not become one: the project's own, marked, without the data or with others. */
export function unfinishedAmong(
  candidates: readonly Candidate[],
  source: DataHashes,
  { project, mark }: { project: string; mark: string },
): Candidate[] {
  return candidates.filter(
    ({ status, owner, hashes, properties }) =>
      owner === project &&
      properties[markName] === mark &&
      !(status === 'deactivated' || (status === 'active' && sameData(hashes, source) === true)),
  )
}

/** Whether it is a copy that does not have the data of which it shall be one: not yet, or never any more. */
export function isUnfinishedCopy({ status, hashes, properties }: Pick<Candidate, 'status' | 'hashes' | 'properties'>) {
  const mark = properties[markName]?.toLowerCase()
  if (mark === undefined || status === 'deactivated') return false
  if (status !== 'active') return true
  const { strong, md5 } = hashes
  const known = [strong, md5 === undefined ? undefined : { algorithm: 'md5', value: md5 }]
  return known.some(
    (hash) => hash !== undefined && mark.startsWith(`${hash.algorithm}:`) && markOf(hash).toLowerCase() !== mark,
  )
}
