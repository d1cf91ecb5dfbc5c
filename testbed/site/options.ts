import type { Settings } from '#testbed/condor/configuration.ts'
import type { CloudConfigInput, SeedInput } from '#testbed/cloud/config.ts'
import type { FakeClock } from '#testbed/faults/fake-clock.ts'
import type { Instance } from '#testbed/instance/instance.ts'

export type Progress = (line: string) => void

/** What a worker VM is: `guest` = root file system, processes and address of its own; `process` = an HTCondor of this host. */
export type Guests = 'guest' | 'process'

/** A cloud that a site shall have. */
export interface CloudWish {
  name: string
  /** Higher is preferred. Default: 0. */
  priority?: number
  /** Compute quota of the batch project, as Nova names it; default: room for hundreds. */
  quota?: Record<string, number>
  /** The site's own limits there, as its configuration names them. */
  caps?: { vms?: number; cores?: number; vmsPerUser?: number; booting?: number }
  /** How VMs of flavors without root disk boot there, as the site's configuration has it. Default: not at all. */
  bootVolume?: { type?: string; sizeGb?: number }
  /** Names or ids of flavors that the site does not offer there. */
  excludedFlavors?: readonly string[]
  /** Whether images are copied there by themselves. Default: the product's. */
  copyImages?: boolean
  /** How the batch project's credential is rotated there, as the site's configuration has it; its owners are in `site/owners.yaml` of the instance's folder, which the caller writes. */
  rotation?: { owner?: string; every?: string; lifetime?: string; grace?: string }
  /** Services there that refuse every credential with access rules. */
  withoutServiceType?: CloudConfigInput['withoutServiceType']
  /** What its servers become. Default: the site's {@link SiteOptions.guests}. */
  guests?: Guests
  /** From the accepted create to ACTIVE, ms. Default: the simulator's. */
  buildMs?: number
  /** Changes what the cloud holds at its start: further projects, images, flavors. */
  seed?: (usual: SeedInput) => SeedInput
}

/** A cloud for which it is settled what its servers become. */
export type SettledCloud = CloudWish & { guests: Guests }

export interface SiteOptions {
  /** Says later whose it is: `script/demo --stop` ends demos and nothing else. Default: `test`. */
  purpose?: string
  /** HTCondor's short intervals, of the pool and of the worker VMs; otherwise its defaults. */
  fast: boolean
  /** Of clouds that do not name theirs. Default: guests where this host and account can make them. */
  guests?: Guests
  /** Folders of the host that real guests have too, at the same place; not below `/tmp`, which is each guest's own. */
  shares?: readonly string[]
  /** Simulated clouds. Default: {@link TWO_CLOUDS}, or none where there are real ones. */
  clouds?: readonly CloudWish[]
  /** Clouds of a real OpenStack, at most two: each is a region of it. Root alone can start one. Default: none. */
  realClouds?: readonly CloudWish[]
  /** How long an empty worker VM waits for another job: `8s`. Default: the product's. */
  keepalive?: string
  /** Deadlines of a worker VM's life, as the site's configuration writes them. */
  deadlines?: Readonly<Record<string, string>>
  /** How often clouds are looked at: default `1s`. */
  cloudPoll?: string
  /** How often the queue and the pool are looked at: default `1s`. */
  condorPoll?: string
  /** The `cleanup` section of the site's configuration. */
  cleanup?: Readonly<Record<string, string>>
  /** The `policy` section of the site's configuration. */
  policy?: Readonly<Record<string, unknown>>
  /** The `replication` section of the site's configuration. */
  replication?: Readonly<Record<string, unknown>>
  /** Further HTCondor settings of the central manager. */
  poolSettings?: Settings
  /** Further HTCondor settings of the worker VMs. */
  workerSettings?: Settings
  /** Further arguments of Temporal's dev server: `--dynamic-config-value …`. */
  temporalArgs?: readonly string[]
  /** Level of the worker process's log. Default: `info`. */
  logLevel?: 'debug' | 'info' | 'warn' | 'error'
  /** Do not start the worker process; default: it is started. */
  withoutWorkerProcess?: boolean
  /** Where Temporal has its database. Default: the instance's folder. */
  temporalFolder?: string
  /** The worker process's state folder, as its configuration names it. Default: one in the instance's folder. */
  stateFolder?: string
  /** Where the worker process has its log and its temporary files. Default: the instance's folder and the host's. */
  scratchFolder?: string
  /** Further variables of the worker process's environment. */
  workerEnvironment?: Readonly<Record<string, string>>
  /** The time of day in the worker process. Default: the host's. */
  clock?: FakeClock
  /** An instance made by the caller, who ends it; its network must suit the guests. */
  instance?: Instance
  /** For an instance made here: where instances are listed. */
  home?: string
  progress?: Progress
}

/** `arbutus` is preferred and has room for one VM; the rest goes to `east`. */
export const TWO_CLOUDS: readonly CloudWish[] = [
  { name: 'arbutus', priority: 10, quota: { instances: 1 } },
  { name: 'east', priority: 0 },
]
