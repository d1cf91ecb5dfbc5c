import { expect, it } from 'vitest'
import { SHORT } from './forms.ts'
import { seedLine } from './report.ts'
import { runSeed } from './seed-run.ts'

// CANFAR_SEED repeats a storm that found something; script/test chaos makes longer ones
const seed = Number(process.env['CANFAR_SEED'] ?? 1)

it(`a small storm (seed ${seed}) leaves nothing wrong in the books`, { timeout: 420_000 }, async () => {
  const report = await runSeed(seed, SHORT, console.log)
  console.log(seedLine(report))
  expect(report.breaches, report.evidence).toEqual([])
  // it was one
  expect(Object.values(report.faults).length).toBeGreaterThan(5)
  expect(report.vms).toBeGreaterThan(5)
  expect(report.jobs).toBeGreaterThan(10)
  // where this host can make real guests, there were some
  expect(report.guests?.vms ?? 1).toBeGreaterThan(0)
})
