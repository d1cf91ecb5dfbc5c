import { isTrue, numberOf, timeOf, type Row } from './rows.ts'

/** A worker VM as its machine ads show it: one partitionable slot and the dynamic ones that jobs have cut from it. */
export interface WorkerAd {
  /** The server's name. */
  vm: string
  /** Its host name in HTCondor, with a domain. */
  machine: string
  cloud: string
  tenant: string
  /** As the collector authenticated it: `<tenant>.<vm>@<trust domain>`. */
  identity: string
  vmType: string
  /** `<cloud>:<image id>` */
  vmami: string
  /** `<cloud>:<flavor id>` */
  vmInstanceType: string
  /** Of the partitionable slot: `Unclaimed`, `Drained`, `Owner` … */
  state: string
  /** `Idle`, `Retiring`, `Benchmarking` … */
  activity: string
  /** What is free of it. */
  free: Resources
  total: Resources
  dynamicSlots: number
  /** Dynamic slots with a claim on them. */
  claimed: number
  /** Jobs that it has started in its life. */
  jobStarts: number
  /** Nothing runs on it and nothing can start: Drained, Idle, no dynamic slot. */
  drained: boolean
  /** A drain was asked for; it is over when `drained`. */
  draining: boolean
  drainReason: string | undefined
  /** Why the VM itself says that it is of no use (its own check of disk, account …). */
  unusable: string | undefined
  /** VMKeepAlive of the job that came last of those on it, minutes; needs STARTD_JOB_ATTRS = VMKeepAlive on the worker. */
  keepaliveMinutes: number | undefined
  startedAt: number | undefined
  /** When the free part entered its state. */
  stateSince: number | undefined
  /** When the collector heard of it last. */
  seenAt: number | undefined
  /** HTCondor's address of its startd. */
  address: string | undefined
}

export interface Resources {
  cpus: number
  memoryMb: number
  diskKb: number
}

/** An ad whose authenticated identity does not fit what it says of itself. It must not count as a worker. */
export interface Impostor {
  /** Name of the slot. */
  name: string
  identity: string | undefined
  why: string
}

export const workerFields = [
  'Name',
  'AuthenticatedIdentity',
  'MyType',
  'SlotType',
  'State',
  'Activity',
  'Cpus',
  'Memory',
  'Disk',
  'TotalSlotCpus',
  'TotalSlotMemory',
  'TotalSlotDisk',
  'NumDynamicSlots',
  'JobStarts',
  'Draining',
  // a collector's own ad has no DaemonStartTime
  'DaemonStartTime ?: (StatsLastUpdateTime - StatsLifetime)',
  'EnteredCurrentState',
  'LastHeardFrom',
  'JobStart',
  'VMKeepAlive',
  'VMName',
  'Tenant',
  'CloudName',
  'VMType',
  'VMAMI',
  'VMInstanceType',
  'VMUnusable',
  'DrainReason',
  'MyAddress',
]

export interface SlotRow {
  name: string
  identity: string | undefined
  isCollector: boolean
  dynamic: boolean
  claimed: boolean
  jobStart: number | undefined
  vmName: string | undefined
  ad: WorkerAd
}

export function readSlot(row: Row): SlotRow {
  const [
    name = '',
    identity,
    myType,
    slotType,
    state = '',
    activity = '',
    cpus,
    memory,
    disk,
    totalCpus,
    totalMemory,
    totalDisk,
    dynamic,
  ] = row
  const [
    jobStarts,
    draining,
    startedAt,
    stateSince,
    seenAt,
    jobStart,
    keepalive,
    vmName,
    tenant,
    cloud,
    vmType,
    vmami,
    vmInstanceType,
    unusable,
    drainReason,
    address,
  ] = row.slice(13)
  const dynamicSlots = numberOf(dynamic) ?? 0
  return {
    name,
    identity,
    isCollector: myType === 'Collector',
    dynamic: slotType === 'Dynamic',
    claimed: state === 'Claimed' || state === 'Preempting' || state === 'Matched',
    jobStart: timeOf(jobStart),
    vmName,
    ad: {
      vm: vmName ?? '',
      machine: name.slice(name.indexOf('@') + 1),
      cloud: cloud ?? '',
      tenant: tenant ?? '',
      identity: identity ?? '',
      vmType: vmType ?? '',
      vmami: vmami ?? '',
      vmInstanceType: vmInstanceType ?? '',
      state,
      activity,
      free: resources(cpus, memory, disk),
      total: resources(totalCpus, totalMemory, totalDisk),
      dynamicSlots,
      claimed: 0,
      jobStarts: numberOf(jobStarts) ?? 0,
      drained: state === 'Drained' && activity === 'Idle' && dynamicSlots === 0,
      draining: isTrue(draining) || state === 'Drained',
      drainReason,
      unusable,
      keepaliveMinutes: numberOf(keepalive),
      startedAt: timeOf(startedAt),
      stateSince: timeOf(stateSince),
      seenAt: timeOf(seenAt),
      address,
    },
  }
}

function resources(cpus: Row[number], memory: Row[number], disk: Row[number]): Resources {
  return { cpus: numberOf(cpus) ?? 0, memoryMb: numberOf(memory) ?? 0, diskKb: numberOf(disk) ?? 0 }
}

/** Why an ad cannot be the worker that it says it is; `undefined` if it can. The collector vouches for the identity alone. */
export function disbelieve(
  { name, identity, vmName, ad }: SlotRow,
  trustDomain: string | undefined,
): string | undefined {
  const [, account, domain] = /^(.+)@([^@]+)$/.exec(identity ?? '') ?? []
  if (account === undefined) return 'it has no authenticated identity'
  if (trustDomain !== undefined && domain !== trustDomain) return `its identity is of ${domain}`
  const host = name.slice(name.indexOf('@') + 1).split('.')[0]
  if (host !== vmName) return `it is called ${vmName} on a machine called ${host}`
  return account === `${ad.tenant}.${vmName}` ? undefined : `it says to be ${ad.tenant}.${vmName}`
}
