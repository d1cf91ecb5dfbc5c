import { PROJECT_ID, type ScriptedCloud } from '../scripted-cloud.ts'

/** Where the resources of a project are. */
export const CINDER = `/volume/v3/${PROJECT_ID}`

/** As Cinder describes its third version: the id has a minor number, and it is a list of one. */
export const versionsOf = (max: string, min = '3.0') => ({
  versions: [{ id: 'v3.0', status: 'CURRENT', version: max, min_version: min, updated: '', links: [] }],
})

/** A block storage service in the catalog of a scripted cloud. */
export function withVolumes(cloud: ScriptedCloud, type = 'block-storage', max = '3.71'): ScriptedCloud {
  cloud.services.push({ type, name: 'cinder', path: CINDER })
  return cloud.on('GET', '/volume/v3/', { body: versionsOf(max) })
}
