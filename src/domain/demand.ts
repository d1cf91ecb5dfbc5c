/**
 * Idle jobs that need the same: what the plan works on instead of single jobs. All values are evaluated, as the schedd would
 * use them in a match. Two jobs belong to one group only if every field but `count`, `sample` and `waitingSince` is equal.
 */
export interface DemandGroup {
  /** Made of the fields that the jobs share, so equal from pass to pass. */
  id: string
  owner: string
  /** `VMType`: `<project>:<image name>`. */
  vmType: string
  /** `VMAMI` taken apart: image id per cloud; a cloud that is not in it cannot run the jobs. */
  images: Record<string, string>
  /** `VMInstanceType` taken apart: flavor id per cloud. */
  flavors: Record<string, string>
  /** `CanfarCopies` taken apart: checksum of the image that is on its way to a cloud; absent if none is. */
  copies?: Record<string, string>
  /** `RequestCpus`. */
  cpus: number
  /** `RequestMemory`, MB. */
  memoryMb: number
  /** `RequestDisk`, KiB. */
  diskKb: number
  /** `VMKeepAlive`, minutes; the site's default if absent. */
  keepaliveMinutes?: number
  /** `TargetClouds`: names or aliases; empty for any cloud. */
  targetClouds: string[]
  /** `VMTypeLimit`: the most VMs of this VM type that the owner wants at a time. */
  vmTypeLimit?: number
  /** `VMHighPriority`: before all other jobs of the same owner. */
  highPriority: boolean
  /** `VMJobPerCore`: each job gets at least one whole core. */
  jobPerCore: boolean
  /** `JobPrio`: higher goes first, among jobs of one owner. */
  priority: number
  /** The jobs' Requirements expression. */
  requirements: string
  /** How many jobs are idle. */
  count: number
  /** One of them, `cluster.proc`, whose ad stands for all. */
  sample: string
  /** When the oldest of them began to wait, ms since 1970. */
  waitingSince?: number
}
