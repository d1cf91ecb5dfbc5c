import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listInstances } from '#testbed/instance/clean-up.ts'
import { openInstance } from '#testbed/instance/instance.ts'
import { CHECKOUT } from '#testbed/site/program.ts'
import { testbedHome } from '#testbed/instance/folders.ts'
import { testHome, traces } from './traces.ts'

interface Demo {
  child: ChildProcess
  output: () => string
  /** Resolves when the output matches, rejects when the demo ends before. */
  says: (pattern: RegExp) => Promise<string>
  exitCode: Promise<number | null>
}

/** Its instances are below `home`, so that other demos on this host are none of the test's business. */
function demo(home: string, ...args: string[]): Demo {
  const child = spawn(join(CHECKOUT, 'script', 'demo'), args, {
    cwd: home,
    env: { ...process.env, XDG_STATE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const said = Promise.withResolvers<void>()
  let heard = said
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString()
      heard.resolve()
      heard = Promise.withResolvers<void>()
    })
  }
  const exitCode = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  return {
    child,
    output: () => output,
    exitCode,
    says: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output)
        if (match !== null) return match[1] ?? match[0]
        const next = heard.promise.then(() => 'more' as const)
        if ((await Promise.race([next, exitCode])) !== 'more') throw new Error(`the demo ended with\n${output}`)
      }
    },
  }
}

const homeBelow = (state: string): string => testbedHome({ XDG_STATE_HOME: state })

describe('script/demo', () => {
  it('runs the tutorial to its end, tells the figures and leaves nothing', async () => {
    using home = testHome()
    const run = demo(home.path, '--json', 'figures.json')
    const id = await run.says(/up: instance (\w+)/)
    const instance = openInstance(join(homeBelow(home.path), id))
    expect(await run.exitCode, run.output()).toBe(0)
    const stars = ['1056215p', '1056216p', '1056217p', '1056218p'].map((name) => ({
      file: `${name}.cat`,
      starsFound: 240,
      starsPlaced: 240,
    }))
    const seconds = { setup: 0, submitToCreate: 0, submitToDone: 0, doneToGone: 0 }
    const figures: { clouds: { name: string; booted: number }[]; seconds: Record<string, number> } = JSON.parse(
      readFileSync(join(home.path, 'figures.json'), 'utf8'),
    )
    const booted = figures.clouds.reduce((sum, cloud) => sum + cloud.booted, 0)
    expect(figures).toEqual({
      jobs: { submitted: 4, completed: 4, failed: 0 },
      outputs: stars,
      vms: { booted, gone: booted, left: 0 },
      clouds: [
        // room for one
        { name: 'arbutus', booted: 1 },
        { name: 'east', booted: booted - 1 },
      ],
      seconds: Object.fromEntries(Object.keys(seconds).map((key) => [key, expect.any(Number)])),
    })
    expect(booted).toBeGreaterThanOrEqual(2)
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
