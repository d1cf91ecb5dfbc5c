import { createHash } from 'node:crypto'
import type { DemandGroup } from '#domain/demand.ts'
import { isTrue, numberOf, timeOf, type Row } from './rows.ts'

/** The schedd's own figures first, then what users choose. */
export const demandFields = [
  'Owner',
  'ClusterId',
  'EnteredCurrentStatus',
  'RequestCpus',
  'RequestMemory',
  'RequestDisk',
  'JobPrio',
  'VMKeepAlive',
  'VMTypeLimit',
  'VMHighPriority',
  'VMJobPerCore',
  'VMType',
  'VMAMI',
  'VMInstanceType',
  'CanfarCopies',
  'TargetClouds',
  'unparse(Requirements)',
]

type Need = Omit<DemandGroup, 'id' | 'count' | 'sample' | 'waitingSince'>

export interface JobDemand {
  need: Need
  cluster: string
  waitingSince: number | undefined
}

/** One row of {@link demandFields}; `undefined` for a job that says no VM type, so that no VM can be booted for it. */
export function readDemand(row: Row): JobDemand | undefined {
  const [
    owner,
    cluster,
    since,
    cpus,
    memory,
    disk,
    priority,
    keepalive,
    limit,
    high,
    perCore,
    vmType,
    images,
    flavors,
    copies,
    clouds,
    requirements,
  ] = row
  if (owner === undefined || cluster === undefined || vmType === undefined) return undefined
  const keepaliveMinutes = numberOf(keepalive)
  const vmTypeLimit = numberOf(limit)
  const need: Need = {
    owner,
    vmType,
    images: cloudMap(images),
    flavors: cloudMap(flavors),
    ...copiesAwaited(cloudMap(copies), cloudMap(images)),
    cpus: Math.max(1, Math.ceil(numberOf(cpus) ?? 1)),
    memoryMb: Math.max(0, Math.ceil(numberOf(memory) ?? 0)),
    diskKb: Math.max(0, Math.ceil(numberOf(disk) ?? 0)),
    ...(keepaliveMinutes === undefined ? {} : { keepaliveMinutes }),
    targetClouds: (clouds ?? '').split(/[\s,]+/).filter((name) => name !== ''),
    ...(vmTypeLimit === undefined ? {} : { vmTypeLimit }),
    highPriority: isTrue(high),
    jobPerCore: isTrue(perCore),
    priority: numberOf(priority) ?? 0,
    requirements: requirements ?? '',
  }
  return { need, cluster, waitingSince: timeOf(since) }
}

/** Those that have come are images like others: jobs that got theirs so need the same as jobs that had them from the beginning. */
function copiesAwaited(copies: Record<string, string>, images: Record<string, string>): Pick<Need, 'copies'> {
  const awaited = Object.entries(copies).filter(([cloud]) => images[cloud] === undefined)
  return awaited.length === 0 ? {} : { copies: Object.fromEntries(awaited) }
}

/** `arbutus:<id>,east:<id>` taken apart; what has no cloud in front is left out. */
export function cloudMap(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((entry) => {
    const [, cloud, id] = /^\s*([^:\s]+):(\S+)\s*$/.exec(entry) ?? []
    return cloud === undefined || id === undefined ? [] : [[cloud, id] as const]
  })
  return Object.fromEntries(pairs)
}

/** Collects single jobs into groups. Only groups are kept, so a large queue takes no more room than a small one. */
export function groupDemand(): {
  add: (job: JobDemand | undefined, count: number, proc: string | undefined) => void
  list: () => DemandGroup[]
} {
  const groups = new Map<string, DemandGroup>()
  return {
    add: (job, count, proc) => {
      if (job === undefined) return
      const key = JSON.stringify(job.need)
      const known = groups.get(key)
      if (known === undefined) {
        const id = createHash('sha256').update(key).digest('hex').slice(0, 16)
        const { need, cluster, waitingSince } = job
        groups.set(key, {
          id,
          ...need,
          count,
          sample: `${cluster}.${proc ?? 0}`,
          ...(waitingSince === undefined ? {} : { waitingSince }),
        })
        return
      }
      known.count += count
      const oldest = Math.min(known.waitingSince ?? Infinity, job.waitingSince ?? Infinity)
      if (oldest !== Infinity) known.waitingSince = oldest
    },
    list: () => [...groups.values()],
  }
}
