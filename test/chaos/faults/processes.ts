import { allProcesses, withDescendants } from '#testbed/instance/process-table.ts'
import type { PoolDaemon } from '#testbed/condor/pool.ts'
import type { FaultKind, World } from './kind.ts'

/** Killed with SIGKILL; the pool's master, or whoever heals, starts them again. */

const killed = (name: PoolDaemon, weight: number): FaultKind => ({
  kind: `${name} killed`,
  weight,
  lasts: [4, 4],
  group: name,
  ...(name === 'schedd' && { endsJobs: 'of the schedd' as const }),
  inject: async ({ own }) => {
    await own.site.pool.killDaemon(name)
    return { target: name }
  },
})

const hangs = (name: PoolDaemon): FaultKind => ({
  kind: `${name} hangs`,
  weight: 1,
  lasts: [3, 15],
  group: name,
  inject: async ({ own }) => {
    own.site.pool.pauseDaemon(name)
    return { target: name, heal: async () => own.site.pool.resumeDaemon(name) }
  },
})

const workerProcess: FaultKind = {
  kind: 'worker process killed',
  weight: 4,
  lasts: [0.3, 5],
  group: 'worker process',
  inject: async ({ own }) => {
    await own.crash()
    return { target: 'worker process', heal: () => own.restart() }
  },
}

const temporal: FaultKind = {
  kind: 'Temporal killed',
  weight: 2,
  lasts: [0.5, 8],
  group: 'temporal',
  inject: async ({ own: { site } }) => {
    await site.temporal.kill()
    return { target: 'temporal', heal: () => site.temporal.start() }
  },
}

const startd: FaultKind = {
  kind: 'startd killed',
  weight: 2,
  lasts: [0, 0],
  endsJobs: 'of the VM',
  explains: ['SelfShutdown'],
  inject: async (world, random) => {
    const at = random.next()
    const all = startds(world)
    const chosen = all[Math.floor(at * all.length)]
    if (chosen === undefined) return undefined
    process.kill(chosen.pid, 'SIGKILL')
    return { target: `vm/${chosen.vm}` }
  },
}

/** Of all worker VMs that run; a guest's processes are its host's too. */
export function startds({ own, planted }: Pick<World, 'own' | 'planted'>): { vm: string; pid: number }[] {
  const table = allProcesses()
  return own.site.runner
    .guests()
    .filter(({ name, running }) => running && !planted.has(name))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap(({ name, process: first }) => {
      const below = new Set(first === undefined ? [] : withDescendants([first], table).map(({ pid }) => pid))
      const found = table.find(({ pid, command }) => command === 'condor_startd' && below.has(pid))
      return found === undefined ? [] : [{ vm: name, pid: found.pid }]
    })
}

export const processFaults: readonly FaultKind[] = [
  workerProcess,
  temporal,
  killed('schedd', 2),
  killed('collector', 2),
  killed('negotiator', 1),
  hangs('schedd'),
  hangs('collector'),
  startd,
]
