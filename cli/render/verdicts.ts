import type { BreakerRow, CloudVerdict } from '#api/types.ts'
import { table } from './table.ts'
import { relative } from './time.ts'
import type { View } from './view.ts'

/** Where VMs for some jobs are booted, and why not elsewhere. */
export const verdictTable = (verdicts: readonly (CloudVerdict & { group?: string })[], view: View): string =>
  table(
    verdicts,
    [
      { title: 'GROUP', value: ({ group }) => group ?? '', only: 'filled', shrink: true },
      { title: 'CLOUD', value: ({ cloud }) => cloud },
      { title: 'VERDICT', value: ({ verdict }) => verdict, state: true },
      { title: 'REASON', value: ({ reason }) => reason, shrink: true },
    ],
    view,
  )

/** What is not tried for now. */
export const breakerTable = (breakers: readonly BreakerRow[], view: View): string =>
  table(
    breakers,
    [
      { title: 'CLOUD', value: ({ cloud }) => cloud },
      { title: 'BREAKER', value: ({ state }) => state, state: true },
      { title: 'NOT TRIED', value: ({ scope }) => scope, shrink: true },
      { title: 'UNTIL', value: ({ until }, { now }) => relative(until, now) },
      { title: 'REASON', value: ({ reason }) => reason, shrink: true },
    ],
    view,
  )
