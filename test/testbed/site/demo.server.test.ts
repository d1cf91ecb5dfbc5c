import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listInstances } from '#testbed/instance/clean-up.ts'
import { openInstance } from '#testbed/instance/instance.ts'
import { demo, type Figures, homeBelow, wholeRun } from './demo-run.ts'
import { testHome, traces } from './traces.ts'

describe('script/demo', () => {
  it('runs the tutorial to its end, tells the figures and leaves nothing', async () => {
    using home = testHome()
    const run = demo(home.path, '--json', 'figures.json')
    const id = await run.says(/up: instance (\w+)/)
    const instance = openInstance(join(homeBelow(home.path), id))
    expect(await run.exitCode, run.output()).toBe(0)
    const figures: Figures = JSON.parse(readFileSync(join(home.path, 'figures.json'), 'utf8'))
    expect(figures).toEqual(wholeRun(figures, expect.any(Number)))
    expect(figures.vms.booted).toBeGreaterThanOrEqual(2)
    for (const value of Object.values(figures.seconds)) expect(value).toBeGreaterThan(0)
    expect(run.output()).toMatch(/1056217p\.cat +240 +240/)
    expect(traces(instance)).toEqual([])
    expect(listInstances(homeBelow(home.path))).toEqual([])
  }, 180_000)

  it.each([
    { signal: 'SIGINT', code: 130, at: /── start:/ },
    { signal: 'SIGTERM', code: 143, at: /jobs: 4/ },
  ] as const)(
    'leaves nothing after $signal at $at',
    async ({ signal, code, at }) => {
      using home = testHome()
      const run = demo(home.path, '--keep')
      await run.says(at)
      const [listing] = listInstances(homeBelow(home.path))
      const instance = listing === undefined ? undefined : openInstance(listing.folder)
      run.child.kill(signal)
      expect(await run.exitCode, run.output()).toBe(code)
      expect(listInstances(homeBelow(home.path))).toEqual([])
      if (instance !== undefined) expect(traces(instance)).toEqual([])
    },
    120_000,
  )

  it('that was killed is removed by --stop', async () => {
    using home = testHome()
    const run = demo(home.path)
    const id = await run.says(/up: instance (\w+)/)
    const instance = openInstance(join(homeBelow(home.path), id))
    await run.says(/jobs: 4/)
    run.child.kill('SIGKILL')
    await run.exitCode
    expect(traces(instance).length).toBeGreaterThan(5)
    const stop = demo(home.path, '--stop')
    expect(await stop.exitCode, stop.output()).toBe(0)
    expect(traces(instance)).toEqual([])
  }, 120_000)

  it('that was kept says what to try, works on, and is taken down by --stop', async () => {
    using home = testHome()
    const run = demo(home.path, '--keep', '--json', join(home.path, 'figures.json'))
    const id = await run.says(/up: instance (\w+)/)
    const instance = openInstance(join(homeBelow(home.path), id))
    try {
      expect(await run.exitCode, run.output()).toBe(0)
      const ui = /The site is up\.\n +Temporal web UI +(\S+)/.exec(run.output())?.[1] ?? ''
      expect((await fetch(ui)).status).toBe(200)
    } finally {
      const stop = demo(home.path, '--stop')
      expect(await stop.exitCode, stop.output()).toBe(0)
    }
    expect(traces(instance)).toEqual([])
    expect(existsSync(join(home.path, 'figures.json'))).toBe(true)
  }, 180_000)

  it('refuses what it does not know', async () => {
    using home = testHome()
    const run = demo(home.path, '--stopp')
    expect(await run.exitCode).toBe(2)
    expect(run.output()).toContain('script/demo --help')
  })
})
