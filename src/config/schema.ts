import { z } from 'zod'
import { defaultDeadlines } from '#domain/deadlines.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90s`, `15m`, `48h`, `7d` or `250ms`, in milliseconds. */
const duration = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim())
  if (match === null) {
    context.addIssue({ code: 'custom', message: `"${text}" is not a duration; write it as 90s, 15m, 48h or 7d` })
    return z.NEVER
  }
  return Number(match[1]) * units[match[2] as keyof typeof units]
})

const name = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'use up to 20 of a-z, 0-9 and -, beginning with a letter')

const cloud = z.strictObject({
  name,
  /** The entry in the site's clouds.yaml; the cloud's name if absent. */
  entry: z.string().optional(),
  /** Keystone's address, by which users' openrc variables are told apart; not a secret, unlike the site's clouds.yaml. */
  authUrl: z.string().optional(),
  aliases: z.array(z.string()).default([]),
  /** Higher is preferred. */
  priority: z.number().default(0),
  network: z.string().optional(),
  securityGroups: z.array(z.string()).default([]),
  keyName: z.string().optional(),
  availabilityZone: z.string().optional(),
  /** Id of the batch project's server group that VMs join, for its policy of who shares a host. */
  serverGroup: z.uuid('the id of a server group is a UUID; names are not unique').optional(),
  configDrive: z.boolean().default(false),
  /** Where it is set, VMs of flavors without root disk boot from a volume made of their image; else such flavors are refused. */
  bootVolume: z
    .strictObject({
      /** Volume type by name or id; the cloud's default if absent. */
      type: z.string().optional(),
      /** At least so large; never smaller than the image. */
      sizeGb: z.number().int().positive().optional(),
    })
    .optional(),
  /** Names or ids of flavors that are not offered for batch jobs. */
  excludedFlavors: z.array(z.string()).default([]),
  caps: z
    .strictObject({
      vms: z.number().int().optional(),
      cores: z.number().int().optional(),
      vmsPerUser: z.number().int().optional(),
      booting: z.number().int().default(10),
    })
    .default({ booting: 10 }),
  /** Images that submissions need and the cloud lacks are copied there by themselves. */
  copyImages: z.boolean().default(true),
  /** Of the project's quota, kept for others. */
  reserved: z
    .strictObject({
      vms: z.number().int().default(0),
      cores: z.number().int().default(0),
      ramMb: z.number().int().default(0),
    })
    .default({ vms: 0, cores: 0, ramMb: 0 }),
  /** Of the batch project's application credential: docs/rotate-credentials.md. */
  rotation: z
    .strictObject({
      /** The entry of `ownersFile` that may make and delete application credentials of the batch project; a person has to if absent. */
      owner: z.string().optional(),
      /** How old a credential gets; rotated only when somebody asks if absent. */
      every: duration.optional(),
      /** How long a new one is valid. */
      lifetime: duration.prefault('90d'),
      /** How long the older one stays after the new one is used. */
      grace: duration.prefault('1h'),
    })
    .refine(({ owner, every }) => every === undefined || owner !== undefined, {
      path: ['every'],
      message: 'needs an owner: nobody else may make a credential while no person asks',
    })
    .refine(({ every, lifetime }) => every === undefined || every < lifetime, {
      path: ['every'],
      message: 'must be shorter than lifetime, or the credential ends before it is rotated',
    })
    .prefault({}),
  /** Boots, deletions and image calls to start in a second, at most. */
  callsPerSecond: z.number().positive().default(10),
})

export const configSchema = z.strictObject({
  pool: name.default('canfar'),
  /** Tells this control plane's servers from another's on the same project. Never change it while VMs live. */
  controlPlane: z.string().min(4),
  temporal: z
    .strictObject({
      address: z.string().default('127.0.0.1:7233'),
      namespace: z.string().default('default'),
      ui: z.string().default('http://127.0.0.1:8233'),
    })
    .prefault({}),
  condor: z.strictObject({
    /** CONDOR_CONFIG for the tools; HTCondor's own search if absent. */
    configFile: z.string().optional(),
    /** Where condor_submit & co. are; PATH if absent. */
    binDir: z.string().optional(),
    sbinDir: z.string().optional(),
    /** `address:port` of the collector, as worker VMs reach it. */
    collector: z.string(),
    trustDomain: z.string(),
    uidDomain: z.string().optional(),
    poll: duration.prefault('1s'),
    /** A file in the central manager's config.d, if it is this host: there the tokens of VMs that are gone are revoked. */
    revocationsFile: z.string().optional(),
    /** UPDATE_INTERVAL of the workers: a collector that started less long ago may not have heard of everyone. */
    updateInterval: duration.prefault('5m'),
    /** Further HTCondor settings of the worker VMs; they replace none of ours. */
    workerSettings: z.record(z.string(), z.string()).default({}),
    /** Port of a worker VM's HTCondor, for its firewall. */
    workerPort: z.number().int().default(9618),
    /** Worker VMs that cannot be reached from outside are connected through the collector. */
    ccb: z.boolean().default(false),
  }),
  /** The clouds.yaml with the batch projects' credentials. */
  cloudsFile: z.string(),
  /** A clouds.yaml with the entries that may make those credentials; `cloudsFile` if absent. */
  ownersFile: z.string().optional(),
  clouds: z.array(cloud).min(1),
  cloudPoll: duration.prefault('5s'),
  /** The comparison of clouds, pool and records. */
  cleanup: z
    .strictObject({
      every: duration.prefault('5m'),
      /** How long after a VM's end its server may still be listed. */
      grace: duration.prefault('10m'),
      /** What one look finds is looked at again after this. */
      confirm: duration.prefault('10s'),
    })
    .prefault({}),
  /** Copies of images from cloud to cloud. */
  replication: z
    .strictObject({
      /** Of each pair of clouds, its copies together: so much is fetched at most, and so much sent. */
      bytesPerSecond: z.number().positive().default(100_000_000),
      /** Copies of a pair of clouds that are transferred at a time; the others wait. */
      copiesPerPair: z.number().int().positive().default(2),
    })
    .prefault({}),
  keepalive: z.strictObject({ default: duration.prefault('3m'), cap: duration.prefault('10m') }).prefault({}),
  deadlines: z
    .strictObject({
      createCall: duration.optional(),
      createLookup: duration.optional(),
      building: duration.optional(),
      join: duration.optional(),
      firstJob: duration.optional(),
      drain: duration.optional(),
      lifetime: duration.optional(),
    })
    .prefault({})
    .transform((own) => ({ ...defaultDeadlines, ...definedOnly(own) })),
  policy: z
    .strictObject({
      /** Refuse `requirements` in a submit file instead of combining them with ours. */
      refuseRequirements: z.boolean().default(false),
      /** Different jobs that a VM could not run, for its own sake, before it is retired. */
      blackHoleAfter: z.number().int().positive().default(3),
      bootsPerPass: z.number().int().positive().default(20),
      /** Shortest time between two plans. */
      planInterval: duration.prefault('1s'),
      weights: z.record(z.string(), z.number().positive()).default({}),
    })
    .prefault({}),
  /** Of the worker process: the last plan's verdicts. */
  stateFolder: z.string().default('/var/lib/canfar-batch'),
  /** Public SSH keys of operators, for the default account of worker VMs. */
  sshKeys: z.array(z.string()).default([]),
  /** Accounts that may act on everything, besides root. */
  operators: z.array(z.string()).default([]),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  metrics: z.strictObject({ address: z.string() }).optional(),
})

export type Config = z.output<typeof configSchema>
export type CloudConfig = Config['clouds'][number]

function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
