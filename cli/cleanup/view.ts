import type { CleanupPass } from '#api/types.ts'
import type { Result } from '../command.ts'
import { blocks, titled } from '../render/details.ts'
import { table } from '../render/table.ts'
import { count } from '../render/text.ts'
import type { View } from '../render/view.ts'

/** Passes with what each found and did, and what a person must see to. */
export const passes = (kind: string, items: readonly CleanupPass[], empty: string): Result => ({
  document: { kind, items },
  text: (view) => blocks(...items.map((pass) => titled(titleOf(pass), passText(pass, view), view))),
  empty: items.length === 0 ? empty : undefined,
})

const titleOf = ({ cloud, at, by }: CleanupPass): string => `${cloud} · ${at} · ${by}`

function passText(pass: CleanupPass, view: View): string {
  const { unknown, servers = 0, vms = 0, foreign = 0, frozen, findings, cloud } = pass
  if (unknown !== undefined) return `nothing is known, and nothing was done: ${unknown}\n`
  const seen = `${count(servers, 'server')}, ${count(vms, 'VM')}, ${count(foreign, 'server')} of others\n`
  const cold =
    frozen === undefined
      ? ''
      : `${frozen.missing} of ${frozen.of} VMs are missing at once: not believed. If they are lost indeed:\n` +
        `  canfar-batch cleanup run ${cloud} --accept-loss\n`
  const rows = table(
    findings,
    [
      { title: 'WHAT', value: ({ kind }) => kind },
      { title: 'VM', value: ({ vm }) => vm },
      { title: 'SERVER', value: ({ serverId = '' }) => serverId },
      { title: 'BECAUSE', value: ({ because }) => because, shrink: true },
      {
        title: 'OUTCOME',
        value: ({ outcome = '-', note }) => (note === undefined ? outcome : `${outcome}: ${note}`),
        shrink: true,
      },
    ],
    view,
  )
  return `${seen}${cold}${rows || 'everything agrees\n'}`
}
