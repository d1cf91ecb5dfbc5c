import { z } from 'zod'

/** What the cloud holds at its very first start; later starts find it in the state file. */
export const SeedSchema = z.strictObject({
  projects: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        name: z.string(),
        enabled: z.boolean().default(true),
        /** Domain name. */
        domain: z.string().default('Default'),
      }),
    )
    .default([]),
  users: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        name: z.string(),
        password: z.string(),
        /** Domain name. */
        domain: z.string().default('Default'),
        /** Role names by project name. */
        roles: z.record(z.string(), z.array(z.enum(['reader', 'member', 'admin']))).default({}),
        applicationCredentials: z
          .array(
            z.strictObject({
              id: z.string().optional(),
              name: z.string(),
              description: z.string().nullable().default(null),
              secret: z.string(),
              project: z.string(),
              roles: z.array(z.string()).optional(),
              expiresAt: z.string().nullable().default(null),
              unrestricted: z.boolean().default(false),
              accessRules: z
                .array(z.strictObject({ service: z.string(), method: z.string(), path: z.string() }))
                .nullable()
                .default(null),
            }),
          )
          .default([]),
        publicKeys: z.array(z.strictObject({ name: z.string(), publicKey: z.string() })).default([]),
      }),
    )
    .default([]),
  images: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        name: z.string(),
        /** Project name. */
        owner: z.string(),
        visibility: z.enum(['public', 'private', 'shared', 'community']).default('private'),
        members: z
          .array(z.strictObject({ project: z.string(), status: z.enum(['pending', 'accepted', 'rejected']) }))
          .default([]),
        /** Bytes of made-up, reproducible content. */
        size: z.int().nonnegative().default(4096),
        virtualSize: z.int().nonnegative().nullable().default(null),
        diskFormat: z.string().default('raw'),
        /** GB. */
        minDisk: z.int().nonnegative().default(0),
        /** MB. */
        minRam: z.int().nonnegative().default(0),
        protected: z.boolean().default(false),
        createdAt: z.string().optional(),
        properties: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
  flavors: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        name: z.string(),
        vcpus: z.int().positive(),
        ramMb: z.int().positive(),
        /** Root disk; 0 means that only a volume-backed server may use it. */
        diskGb: z.int().nonnegative(),
        ephemeralGb: z.int().nonnegative().default(0),
        swapMb: z.int().nonnegative().default(0),
        extraSpecs: z.record(z.string(), z.string()).default({}),
        /** Project names that may use it; absent = everyone. */
        onlyFor: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  networks: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        name: z.string(),
        cidr: z.string(),
        /** First and last address given to ports; absent = the whole subnet but its gateway. */
        pool: z.tuple([z.string(), z.string()]).optional(),
        gateway: z.string().optional(),
        /** Project name; absent = owned by nobody in particular. */
        owner: z.string().optional(),
        shared: z.boolean().default(true),
        /** External networks give floating IPs. */
        external: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Quotas by project name; -1 is unlimited; names as the services have them (instances, cores, ram, port, floatingip, gigabytes…). */
  quotas: z
    .record(
      z.string(),
      z.strictObject({
        compute: z.record(z.string(), z.int().min(-1)).default({}),
        network: z.record(z.string(), z.int().min(-1)).default({}),
        volume: z.record(z.string(), z.int().min(-1)).default({}),
      }),
    )
    .default({}),
  /** The first is given to volumes for which none is named. */
  volumeTypes: z.array(z.string()).min(1).default(['__DEFAULT__']),
  /** What can be booted at once; the default is four hosts that no test fills by accident. */
  hosts: z
    .array(
      z.strictObject({
        name: z.string(),
        zone: z.string().default('nova'),
        vcpus: z.int().positive(),
        ramMb: z.int().positive(),
        diskGb: z.int().positive(),
      }),
    )
    .default(
      [1, 2, 3, 4].map((n) => ({ name: `host-${n}`, zone: 'nova', vcpus: 2048, ramMb: 8 << 20, diskGb: 200_000 })),
    ),
})

const ms = z.int().nonnegative()

/** A change of the timings: what it does not name stays as it is. In milliseconds unless named otherwise. */
export const TimingsChangeSchema = z.strictObject({
  /** From the accepted create to ACTIVE. */
  buildMs: ms.optional(),
  /** From the accepted delete to 404. */
  deleteMs: ms.optional(),
  /** Stop, start, reboot, pause and their like. */
  actionMs: ms.optional(),
  /** From createImage to an active image. */
  snapshotMs: ms.optional(),
  /** From the accepted create of a volume or snapshot to `available`, and from its delete to 404. */
  volumeMs: ms.optional(),
  /** How long a deleted server stays SOFT_DELETED; 0 = it is deleted at once, as Nova does by default. */
  reclaimMs: ms.optional(),
  /** Life of a token, in seconds. */
  tokenSeconds: z.int().positive().optional(),
})
export type TimingsChange = z.infer<typeof TimingsChangeSchema>
export type Timings = { [K in keyof TimingsChange]-?: number }

const TIMINGS: Timings = {
  buildMs: 300,
  deleteMs: 200,
  actionMs: 150,
  snapshotMs: 400,
  volumeMs: 100,
  reclaimMs: 0,
  tokenSeconds: 3600,
}

export function changedTimings(now: Timings, change: TimingsChange): Timings {
  return {
    buildMs: change.buildMs ?? now.buildMs,
    deleteMs: change.deleteMs ?? now.deleteMs,
    actionMs: change.actionMs ?? now.actionMs,
    snapshotMs: change.snapshotMs ?? now.snapshotMs,
    volumeMs: change.volumeMs ?? now.volumeMs,
    reclaimMs: change.reclaimMs ?? now.reclaimMs,
    tokenSeconds: change.tokenSeconds ?? now.tokenSeconds,
  }
}

const ServiceName = z.enum(['identity', 'image', 'compute', 'network', 'block-storage', 'placement'])

const nullablePath = z.string().min(1).nullable().default(null)

export const CloudConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  /** `127.0.0.1:8774`; port 0 = any free one. */
  listen: z
    .string()
    .regex(/^127\.\d+\.\d+\.\d+:\d+$/)
    .default('127.0.0.1:0'),
  region: z.string().default('RegionOne'),
  /** Services that the catalog does not list, although they answer. */
  unlisted: z.array(ServiceName).default([]),
  /** The catalog lists Placement. */
  placement: z.boolean().default(false),
  /** Services that were not told their own type: they refuse every credential that has access rules. */
  withoutServiceType: z.array(ServiceName).default([]),
  /** Journal of everything; null = memory only. */
  stateFile: nullablePath,
  /** Where the runner of guests finds the servers that should be running; null = no runner. */
  hypervisorFolder: nullablePath,
  /** Uploaded image contents are kept here; null = they are counted and hashed only. */
  imageFolder: nullablePath,
  /** The value of `X-Admin-Token` on /admin; absent = no admin API. */
  adminToken: z.string().min(8).nullable().default(null),
  timings: TimingsChangeSchema.prefault({}).transform((change) => changedTimings(TIMINGS, change)),
  seed: SeedSchema.prefault({}),
})

export type Seed = z.infer<typeof SeedSchema>
export type SeedInput = z.input<typeof SeedSchema>
export type CloudConfig = z.infer<typeof CloudConfigSchema>
export type CloudConfigInput = z.input<typeof CloudConfigSchema>
