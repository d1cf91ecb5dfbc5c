import type { DemoReport } from './audit.ts'
import type { Observation } from './observe.ts'

/** Columns as wide as their widest cell; figures to the right. */
function columns(rows: readonly (readonly (string | number)[])[]): string[] {
  const width = (n: number): number => Math.max(...rows.map((row) => String(row[n] ?? '').length))
  return rows.map((row) =>
    row
      .map((cell, n) => (n === 0 ? String(cell).padEnd(width(n)) : String(cell).padStart(width(n))))
      .join('   ')
      .trimEnd(),
  )
}

/** The demo's last page. */
export function reportTable(
  { jobs, outputs, vms, seconds }: DemoReport,
  clouds: Observation['clouds'],
  phases: readonly { name: string; seconds: number }[],
): string {
  const figure = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '–')
  const blocks = [
    [`jobs   ${jobs.submitted} submitted, ${jobs.completed} completed, ${jobs.failed} failed`],
    columns([['output', 'stars found', 'stars put in'], ...outputs.map((o) => [o.file, o.starsFound, o.starsPlaced])]),
    columns([
      ['VMs', 'booted', 'gone', 'left'],
      ...clouds.map(({ name, servers }) => {
        const booted = servers.filter((server) => server.activeAt !== null)
        const gone = booted.filter((server) => server.deletedAt !== null)
        return [name, booted.length, gone.length, servers.filter((server) => server.deletedAt === null).length]
      }),
      ['all', vms.booted, vms.gone, vms.left],
    ]),
    columns([
      ['phase', 'seconds'],
      ...phases.map((phase) => [phase.name, figure(phase.seconds)]),
      ['submit → create call', figure(seconds.submitToCreate)],
      ['submit → last job done', figure(seconds.submitToDone)],
      ['last job done → last VM gone', figure(seconds.doneToGone)],
    ]),
  ]
  return blocks.map((lines) => `${lines.map((line) => `  ${line}`).join('\n')}\n`).join('\n')
}
