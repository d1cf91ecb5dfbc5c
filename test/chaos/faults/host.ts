import { fakeClock, type FakeClock } from '#testbed/faults/fake-clock.ts'
import { smallDisk, type SmallDisk } from '#testbed/faults/small-disk.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { FaultKind, Injected, World } from './kind.ts'

/** Parts of the site's machine that can be spoilt. */
export interface Host {
  /** Where the worker process keeps its state. */
  state: SmallDisk
  /** Where Temporal has its database. */
  database: SmallDisk
  /** Of the worker process. */
  clock: FakeClock
}

/** @throws `NeedsRoot` */
export async function spoilableHost(instance: Instance): Promise<Host> {
  return {
    state: await smallDisk(instance, 'state', 4),
    database: await smallDisk(instance, 'temporal', 512),
    clock: await fakeClock(instance, 'worker'),
  }
}

function full(kind: string, target: string, diskOf: (host: Host) => SmallDisk): FaultKind {
  return {
    kind,
    weight: 1,
    lasts: [5, 20],
    group: kind,
    inject: async ({ host }) => {
      if (host === undefined) return undefined
      const disk = diskOf(host)
      disk.fill()
      return { target, heal: async () => disk.free() }
    },
  }
}

const step = (kind: string, from: number, to: number): FaultKind => ({
  kind,
  weight: 1,
  lasts: [5, 20],
  group: 'clock',
  inject: async ({ host }: World, random): Promise<Injected | undefined> => {
    const seconds = random.int(from, to)
    if (host === undefined) return undefined
    host.clock.step(seconds * 1000)
    return { target: 'clock', note: `${seconds} s`, heal: async () => host.clock.step(-host.clock.ahead()) }
  },
})

export const hostFaults: readonly FaultKind[] = [
  full('state disk full', 'state disk', ({ state }) => state),
  full('Temporal’s disk full', 'temporal', ({ database }) => database),
  step('clock steps forward', 10, 3600),
  step('clock steps back', -3600, -10),
]
