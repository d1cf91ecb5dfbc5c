import { setTimeout as sleep } from 'node:timers/promises'
import { faultKinds } from './faults/all.ts'
import type { Injected, World } from './faults/kind.ts'
import type { Journal } from './journal.ts'
import type { People } from './people.ts'
import type { Plan, PlannedFault } from './plan.ts'
import { Random } from './random.ts'

/** Does to the world what the plan says, at its times; returns when the storm is over and everything is healed. */
export async function storm(world: World, plan: Plan, people: People, journal: Journal): Promise<void> {
  const begin = Date.now()
  const until = (at: number): Promise<void> => sleep(Math.max(0, begin + at - Date.now()))
  const supervision = new AbortController()
  const supervised = supervise(world, journal, supervision.signal)
  const faults = plan.faults.map(async (fault) => {
    await until(fault.at)
    await suffer(world, fault, () => until(Math.min(fault.at + fault.lasts, plan.storm)), journal)
  })
  const submissions = plan.submissions.map(async (wish) => {
    await until(wish.at)
    await people.submit(wish)
  })
  const acts = plan.acts.map(async (act) => {
    await until(act.at)
    await people.operate(act)
  })
  try {
    await Promise.all([...faults, until(plan.storm)])
    await Promise.all(world.clouds.map(({ admin }) => admin.clearFaults()))
    await world.own.restart()
    journal.write({ what: 'note', kind: 'storm over' })
  } finally {
    supervision.abort()
    await supervised
  }
  await Promise.all([...submissions, ...acts])
}

async function suffer(
  world: World,
  { n, kind, seed, lasts }: PlannedFault,
  over: () => Promise<void>,
  journal: Journal,
): Promise<void> {
  const fault = faultKinds.find((one) => one.kind === kind)
  if (fault === undefined) throw new Error(`nobody knows how to make ${kind}`)
  const failed = (what: string) => (error: unknown) => {
    journal.write({ what: 'note', kind: `${what} failed`, n, note: `${kind}: ${String(error)}` })
    return undefined
  }
  const injected: Injected | undefined = await fault.inject(world, new Random(seed)).catch(failed('fault'))
  if (injected === undefined) return
  const { target, note, heal } = injected
  journal.write({ what: 'fault', kind, n, target, lasts: Math.round(lasts), ...(note !== undefined && { note }) })
  await over()
  if (heal !== undefined) await insist(heal, failed('healing'))
  journal.write({ what: 'heal', kind, n, target })
}

/** What is healed while another fault lasts may fail at first: the worker process does not start without Temporal. */
async function insist(heal: () => Promise<void>, failed: (error: unknown) => void): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(1000)) {
    try {
      await heal()
      return
    } catch (error) {
      failed(error)
    }
  }
}

/** A service manager: what is down although nobody keeps it down is started again, and noted. */
async function supervise({ own }: World, journal: Journal, signal: AbortSignal): Promise<void> {
  const services = [
    {
      kind: 'Temporal killed',
      runs: () => own.site.temporal.daemon().isRunning(),
      start: () => own.site.temporal.start(),
    },
    { kind: 'worker process killed', runs: () => own.site.worker.daemon()?.isRunning(), start: () => own.restart() },
  ]
  const down = new Map<string, number>()
  while (!signal.aborted) {
    for (const { kind, runs, start } of services) {
      const wanted = journal.entries.findLast((entry) => entry.kind === kind)?.what !== 'fault'
      const looks = runs() !== true && wanted ? (down.get(kind) ?? 0) + 1 : 0
      down.set(kind, looks)
      // a kill is in the journal only once it is done
      if (looks < 3) continue
      journal.write({ what: 'note', kind: 'ended by itself', note: kind.replace(' killed', '') })
      await start().catch(() => undefined)
    }
    await sleep(500)
  }
}
