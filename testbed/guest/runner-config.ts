import { z } from 'zod'

const AbsolutePath = z.string().startsWith('/')

/** Not where a guest mounts something of its own when it boots. */
const SharedFolder = AbsolutePath.regex(/^\/(?!(tmp|run|dev|proc|sys|mnt)\/)[^:]+$/, 'a guest cannot share that folder')

/** How guests are: `guest` = root file system, address and host name of their own (root); `process` = an HTCondor each. */
const GuestModeSchema = z.strictObject({
  mode: z.literal('guest'),
  /** The guest's root file system (image/build.ts). */
  image: AbsolutePath,
  /** What `eth0` of a guest hangs on; null = a guest has only its loopback. */
  bridge: z.strictObject({ name: z.string(), gateway: z.string(), prefixLength: z.int().min(8).max(30) }).nullable(),
  /** Lines of a guest's /etc/hosts, as a site's DNS would answer: names by address. */
  hosts: z.record(z.string(), z.array(z.string())).default({}),
  /** Folders of the host that every guest has too, at the same place; they must exist when it boots. */
  shares: z.array(SharedFolder).default([]),
})

const ProcessModeSchema = z.strictObject({
  mode: z.literal('process'),
  /** HTCondor configuration that is read last. */
  extraConfig: z.string().default(''),
})

export const RunnerConfigSchema = z.intersection(
  z.object({
    /** The folder of the testbed's instance, in whose ledger everything is listed. */
    instanceFolder: AbsolutePath,
    /** Where guests are kept: one folder each. */
    stateFolder: AbsolutePath,
    /** The clouds' folders of servers. */
    hypervisorFolders: z.array(AbsolutePath).min(1),
    /** How many guests are prepared and started at a time. */
    parallelBoots: z.int().positive().default(4),
    scanMs: z.int().positive().default(500),
  }),
  z.discriminatedUnion('mode', [GuestModeSchema, ProcessModeSchema]),
)

export type RunnerConfig = z.infer<typeof RunnerConfigSchema>
export type RunnerConfigInput = z.input<typeof RunnerConfigSchema>
export type GuestModeInput = z.input<typeof GuestModeSchema>
export type GuestMode = z.infer<typeof GuestModeSchema>
export type ProcessMode = z.infer<typeof ProcessModeSchema>
