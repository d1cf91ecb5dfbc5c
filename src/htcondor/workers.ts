import { quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'
import { disbelieve, readSlot, workerFields, type Impostor, type SlotRow, type WorkerAd } from './worker-ad.ts'

export interface Workers {
  workers: WorkerAd[]
  impostors: Impostor[]
  /**
   * Since when the collector runs, ms since 1970; `undefined` while it has not described itself. One that started lately has
   * not heard of everyone yet: a worker that is missing then is unknown, not absent.
   */
  collectorSince: number | undefined
}

/**
 * All worker VMs in the pool, in one question to the collector.
 * @param trustDomain that of the pool's tokens; ads of another are impostors
 */
export async function workers(
  tools: CondorTools,
  { trustDomain, ...options }: CallOptions & { trustDomain?: string } = {},
): Promise<Workers> {
  const which = '(MyType == "Machine" && VMName isnt undefined) || MyType == "Collector"'
  const slots: SlotRow[] = []
  let collectorSince: number | undefined
  for await (const row of queryRows(tools, 'condor_status', ['-any', '-constraint', which], workerFields, options)) {
    const slot = readSlot(row)
    if (slot.isCollector) collectorSince = slot.ad.startedAt
    else slots.push(slot)
  }
  return { ...combine(slots, trustDomain), collectorSince }
}

/**
 * One worker VM as the collector knows it; `undefined` if it is not in the pool.
 * @throws CondorError `unreachable`
 */
export async function worker(
  tools: CondorTools,
  vm: string,
  { trustDomain, ...options }: CallOptions & { trustDomain?: string } = {},
): Promise<WorkerAd | undefined> {
  const slots: SlotRow[] = []
  for await (const row of queryRows(
    tools,
    'condor_status',
    ['-constraint', `VMName == ${quoteText(vm)}`],
    workerFields,
    options,
  )) {
    slots.push(readSlot(row))
  }
  return combine(slots, trustDomain).workers[0]
}

/** Parent slots and the dynamic slots cut from them become workers. */
export function combine(
  slots: readonly SlotRow[],
  trustDomain: string | undefined,
): { workers: WorkerAd[]; impostors: Impostor[] } {
  const impostors: Impostor[] = []
  const found = new Map<string, WorkerAd>()
  const believed = slots.filter((slot) => {
    const why = disbelieve(slot, trustDomain)
    if (why !== undefined) impostors.push({ name: slot.name, identity: slot.identity, why })
    return why === undefined
  })
  for (const { dynamic, ad, claimed } of believed)
    if (!dynamic) found.set(ad.vm, { ...ad, claimed: claimed ? 1 : 0, keepaliveMinutes: undefined })
  const children = believed.filter(({ dynamic }) => dynamic).toSorted((a, b) => (a.jobStart ?? 0) - (b.jobStart ?? 0))
  for (const { ad, claimed } of children) {
    const parent = found.get(ad.vm)
    if (parent === undefined) continue
    if (claimed) parent.claimed++
    // jobs that disagree: the last one's word counts
    parent.keepaliveMinutes = ad.keepaliveMinutes ?? parent.keepaliveMinutes
  }
  return { workers: [...found.values()], impostors }
}

/**
 * Whether the collector runs long enough to know every worker, so that one which is missing is absent. A worker's first update
 * after a restart is lost on the connection that it still has to the collector from before: only its second arrives (23.9).
 * @param updateIntervalMs UPDATE_INTERVAL of the workers
 */
export function hasHeardOfAll({ collectorSince }: Workers, updateIntervalMs: number, now: number): boolean {
  return collectorSince !== undefined && now - collectorSince > 2.5 * updateIntervalMs
}
