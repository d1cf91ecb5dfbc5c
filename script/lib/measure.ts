/** One figure that is measured several times. */
export interface Measure {
  /** `submit → create call` */
  name: string
  /** `ms`, `s`, `events` … */
  unit: string
  /** Most that it may be, in the same unit. */
  goal?: number
  /** One value a run. */
  values: readonly number[]
}

/** What a file of test/bench exports by default. */
export interface Bench {
  /** What is measured, one line. */
  title: string
  /** @param runs how often each figure is to be taken */
  measure(options: { runs: number; progress: (line: string) => void }): Promise<Measure[]>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}

const figure = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1)

/** One line a measure: median, extremes, number of runs, goal and whether it is met. */
export function measureTable(measures: readonly Measure[]): string {
  const header = ['measure', 'median', 'least', 'most', 'unit', 'runs', 'goal', '']
  const rows = measures.map(({ name, unit, goal, values }) => {
    const middle = median(values)
    return [
      name,
      figure(middle),
      figure(Math.min(...values)),
      figure(Math.max(...values)),
      unit,
      String(values.length),
      goal === undefined ? '' : `≤ ${figure(goal)}`,
      goal === undefined ? '' : middle <= goal ? 'met' : 'MISSED',
    ]
  })
  const all = [header, ...rows]
  const widths = header.map((_, n) => Math.max(...all.map((row) => (row[n] ?? '').length)))
  const toTheRight = new Set([1, 2, 3, 5, 6])
  return all
    .map((row) =>
      row
        .map((cell, n) => (toTheRight.has(n) ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
