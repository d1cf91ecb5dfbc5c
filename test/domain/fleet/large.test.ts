import { expect, test } from 'vitest'
import { planFleet } from '#domain/fleet/plan.ts'
import { largeWorld } from './large-world.ts'

test('300,000 idle jobs and 2,000 VMs are planned in well under a second', () => {
  const world = largeWorld({ bootsPerPass: 5000 })
  planFleet(world)
  const started = performance.now()
  const plan = planFleet(world)
  expect(performance.now() - started).toBeLessThan(1000)
  expect(plan.verdicts).toHaveLength(1200)
  // 200 of the 2,000 are on their way: of the 500 that each cloud may have, 450 are left
  expect(plan.boots.reduce((sum, { count }) => sum + count, 0)).toBe(4 * 450)
})
