import type { Books } from './audit/books.ts'
import { faultKinds } from './faults/all.ts'
import type { Entry } from './journal.ts'
import type { Timeline } from './timeline.ts'

/** How long, in ms, until the product noticed a fault, and until it was over it. */
export interface Recovery {
  kind: string
  /** From its beginning. */
  detected?: number
  /** From its end; of a server's fault from its beginning. */
  recovered?: number
}

export function recoveries(books: Books, timeline: Timeline): Recovery[] {
  return books.journal
    .filter(({ what }) => what === 'fault')
    .map((fault) => ({ kind: fault.kind, ...recoveryOf(fault, timeline, books) }))
}

function recoveryOf(fault: Entry, timeline: Timeline, books: Books): Omit<Recovery, 'kind'> {
  const { target = '', at, lasts = 0 } = fault
  const end = at + lasts
  if (target.startsWith('vm/')) return ofServer(fault, books)
  if (target === 'worker process' || target === 'temporal') {
    const next = timeline.answers.find(({ answered }) => answered >= end)
    return next === undefined ? {} : { recovered: next.answered - end }
  }
  if (target === 'negotiator') {
    const next = books.events.find((event) => event.kind === 1 && event.at >= at)
    return next === undefined ? {} : { recovered: next.at - at }
  }
  const looks = timeline.looks.get(target === 'schedd' || target === 'collector' ? 'pool' : target) ?? []
  const failed = looks.find((look) => !look.ok && look.read >= at)
  // somebody else's trouble
  if (failed === undefined || failed.read > end + 10_000) return {}
  const good = looks.find((look) => look.ok && look.read >= Math.max(end, failed.read))
  return { detected: failed.read - at, ...(good !== undefined && { recovered: good.read - end }) }
}

/** Noticed when the product asks for its deletion; over when its workflow has ended. */
function ofServer({ kind, at, target = '' }: Entry, { clouds, workflows }: Books): Omit<Recovery, 'kind'> {
  if (faultKinds.find((one) => one.kind === kind)?.endsJobs === undefined) return {}
  const name = target.slice('vm/'.length)
  const ids = clouds.flatMap(({ servers }) => servers.filter((one) => one.name === name).map(({ id }) => id))
  const asked = clouds
    .flatMap(({ requests }) => requests)
    .find((one) => one.at >= at && one.method !== 'GET' && ids.some((id) => one.path.includes(id)))
  const closed = workflows.find(({ id }) => id === name)?.closedAt
  return {
    ...(asked !== undefined && { detected: asked.at - at }),
    ...(closed !== undefined && closed >= at && { recovered: closed - at }),
  }
}

export interface Spread {
  kind: string
  faults: number
  detected: { median: number; max: number } | undefined
  recovered: { median: number; max: number } | undefined
}

export function spreads(all: readonly Recovery[]): Spread[] {
  return [...Map.groupBy(all, ({ kind }) => kind)]
    .map(([kind, own]) => ({
      kind,
      faults: own.length,
      detected: spread(own.flatMap(({ detected }) => (detected === undefined ? [] : [detected]))),
      recovered: spread(own.flatMap(({ recovered }) => (recovered === undefined ? [] : [recovered]))),
    }))
    .toSorted((a, b) => a.kind.localeCompare(b.kind))
}

function spread(values: number[]): Spread['detected'] {
  const sorted = values.toSorted((a, b) => a - b)
  const [median, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  return median === undefined || max === undefined ? undefined : { median, max }
}
