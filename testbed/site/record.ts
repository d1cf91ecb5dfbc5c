import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type InstanceListing, listInstances } from '#testbed/instance/clean-up.ts'
import { CHECKOUT } from './program.ts'

const Environment = z.record(z.string(), z.string())

const RecordSchema = z.object({
  /** `demo`, `dev`, `test`. */
  purpose: z.string(),
  /** Whose clone it belongs to. */
  checkout: z.string(),
  /** Known once everything is up. */
  up: z
    .object({
      guests: z.enum(['guest', 'process']),
      uiUrl: z.string(),
      account: z.object({
        name: z.string(),
        uid: z.int(),
        gid: z.int(),
        home: z.string(),
        temporary: z.boolean(),
      }),
      /** Shell files with the environment of each. */
      environmentFiles: z.object({ user: z.string(), operator: z.string() }),
      environments: z.object({ user: Environment, operator: Environment }),
      clouds: z.array(z.object({ name: z.string(), authUrl: z.string() })),
    })
    .optional(),
})

/** What a later command needs to know of a site that another process started. Holds no secret. */
export type SiteRecord = z.infer<typeof RecordSchema>
export type UpRecord = NonNullable<SiteRecord['up']>

const FILE = 'site.json'

export const writeSiteRecord = (folder: string, record: SiteRecord): void =>
  writeFileSync(join(folder, FILE), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })

export function readSiteRecord(folder: string): SiteRecord | undefined {
  const path = join(folder, FILE)
  if (!existsSync(path)) return undefined
  return RecordSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
}

export interface FoundSite extends InstanceListing {
  record: SiteRecord
}

/** Sites of this checkout and account, for a purpose. */
export function findSites(purpose: string, home?: string): FoundSite[] {
  return listInstances(home).flatMap((listing) => {
    const record = readSiteRecord(listing.folder)
    return record?.purpose === purpose && record.checkout === CHECKOUT ? [{ ...listing, record }] : []
  })
}
