import { z } from 'zod'

export const FrontConfigSchema = z.strictObject({
  region: z.string(),
  /** `127.94.71.1:15001` */
  listen: z.string(),
  /** The value of `X-Admin-Token` on /admin. */
  adminToken: z.string(),
  /** Where the services listen, without a path. */
  upstreams: z.strictObject({ identity: z.url(), image: z.url(), compute: z.url(), network: z.url() }),
  hypervisorFolder: z.string(),
  /** The installation, whose databases are read. */
  root: z.strictObject({ image: z.string(), state: z.string() }),
})

export type FrontConfig = z.infer<typeof FrontConfigSchema>
