import { planFleet } from '#domain/fleet/plan.ts'
import type { Bench } from '../../script/lib/measure.ts'
import { largeWorld } from '../domain/fleet/large-world.ts'

const bench: Bench = {
  title: '300,000 idle jobs in 300 groups, 2,000 VMs, 4 clouds',
  measure({ runs }) {
    const worlds = {
      'planFleet, 20 boots a pass': largeWorld(),
      'planFleet, 5,000 boots a pass': largeWorld({ bootsPerPass: 5000 }),
    }
    return Promise.resolve(
      Object.entries(worlds).map(([name, world]) => {
        // the first is compiled while it runs
        planFleet(world)
        const values = Array.from({ length: runs }, () => {
          const started = performance.now()
          planFleet(world)
          return performance.now() - started
        })
        return { name, unit: 'ms', goal: 1000, values }
      }),
    )
  },
}

export default bench
