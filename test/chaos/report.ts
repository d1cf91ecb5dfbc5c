import { spreads, type Spread } from './recovery.ts'
import type { SeedReport } from './seed-run.ts'

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

export function seedLine(report: SeedReport): string {
  const { seed, faults, vms, guests, jobs, restarts, breaches, memory, quietAfter, seconds: took } = report
  const kinds = Object.entries(faults).map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`))
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0)
  return [
    `seed ${seed}: ${breaches.length === 0 ? 'ok' : `${breaches.length} BREACHES`}`,
    `${total} faults (${kinds.join(', ')})`,
    `${vms} VMs, ${jobs} jobs, ${restarts} further starts`,
    guests === undefined ? 'no real guests' : `${guests.vms} VMs real guests, ${guests.jobs} jobs done on them`,
    `quiet after ${quietAfter} s, ${took} s`,
    `worker process ${memory.resident.join(' ')} MB, its heaps after a collection ${memory.held.join(' ')} MB`,
  ].join('; ')
}

/** Times to notice and to get over faults, by kind. */
export const kindsOf = (reports: readonly SeedReport[]): Spread[] =>
  spreads(reports.flatMap(({ recoveries }) => recoveries))

/** Faults by kind with the times to notice them and to get over them; then every breach with the seed that replays it. */
export function table(reports: readonly SeedReport[]): string {
  const cell = (spread: { median: number; max: number } | undefined): string =>
    spread === undefined ? '' : `${seconds(spread.median)} / ${seconds(spread.max)}`
  const rows = [
    ['FAULT', 'INJECTED', 'DETECTED s', 'RECOVERED s'],
    ...kindsOf(reports).map(({ kind, faults, detected, recovered }) => [
      kind,
      String(faults),
      cell(detected),
      cell(recovered),
    ]),
  ]
  const widths = [0, 1, 2, 3].map((n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const broken = reports.flatMap(({ seed, breaches, evidence }) => [
    ...breaches.map((breach) => `BREACH, seed ${seed}: ${breach}`),
    ...(evidence === undefined ? [] : [`evidence of seed ${seed}: ${evidence}`]),
  ])
  return [...lines, '', ...(broken.length === 0 ? ['no breach'] : broken)].join('\n')
}
