import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from '#testbed/site/site.ts'
import type { Place } from './needles.ts'

/** Where a site's secrets could come to lie. */

export const file = (path: string): Place => ({ name: path, content: readFileSync(path) })

export function filesBelow(folder: string): Place[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => file(join(parentPath, name)))
}

export const inDatabase = (site: Site): Place[] =>
  ['', '-wal']
    .map((end) => `${site.temporal.dbFile}${end}`)
    .filter(existsSync)
    .map(file)

export const inLogs = (site: Site): Place[] => [
  file(site.worker.logFile),
  file(site.temporal.logFile),
  file(site.runner.logFile),
  ...Object.values(site.clouds).map(({ logFile }) => file(logFile)),
]

export const inAds = async (site: Site): Promise<Place[]> => [
  { name: 'ads of jobs in the queue', content: Buffer.from(await site.pool.tool('condor_q', ['-allusers', '-long'])) },
  { name: 'ads of jobs in the history', content: Buffer.from(await site.pool.tool('condor_history', ['-long'])) },
]

export const inMetadata = async (site: Site): Promise<Place[]> => {
  const all = await Promise.all(Object.values(site.clouds).map(({ admin }) => admin.servers()))
  return all.flat().map((server) => ({ name: `server ${server.name}`, content: Buffer.from(JSON.stringify(server)) }))
}
