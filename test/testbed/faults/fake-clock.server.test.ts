import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection, type WorkflowHandleWithStartDetails } from '@temporalio/client'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fakeClock, type FakeClock } from '#testbed/faults/fake-clock.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import { isRoot } from '#testbed/instance/folders.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { startTemporal } from '#testbed/temporal/server.ts'
import { ask, told, type clocks, type ClockTold } from './clock-workflow.ts'

const hour = 3_600_000
/** How far two looks at one clock may be apart on a busy machine, ms. */
const near = 2_000

let instance: Instance
beforeAll(async () => {
  instance = await createInstance({ network: 'loopback' })
})
afterAll(() => endInstance(instance))

it('is refused to others than root', async () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1000)
  await expect(fakeClock(instance, 'nobodys')).rejects.toMatchObject({ data: { code: 'NeedsRoot' } })
  vi.restoreAllMocks()
})

describe.runIf(isRoot())('a fake clock', () => {
  it('is that of a command and of those below it, and leaves nothing behind', async () => {
    const clock = await fakeClock(instance, 'command', { progress: console.log })
    const before = readdirSync('/dev/shm')
    clock.step(-2 * hour)
    clock.step(hour)
    expect(clock.ahead()).toBe(-hour)
    const [file, ...args] = clock.command(['sh', '-c', 'date +%s; kill -9 $$'])
    const { stdout, signal } = await execa(file, args, { reject: false })
    expect(signal).toBe('SIGKILL')
    expect(Math.abs(Number(stdout) * 1000 + hour - Date.now())).toBeLessThan(near)
    expect(readdirSync('/dev/shm')).toEqual(before)
  })

  describe('in a Node with threads and the native core of Temporal', () => {
    let clock: FakeClock
    let node: Daemon
    let connection: Connection
    let handle: WorkflowHandleWithStartDetails<typeof clocks>
    const steps = [0, hour, -2 * hour, hour]

    beforeAll(async () => {
      clock = await fakeClock(instance, 'node')
      const temporal = await startTemporal(instance)
      connection = await Connection.connect({ address: temporal.address })
      const argv = [process.execPath, join(import.meta.dirname, 'clock-process.ts'), temporal.address, 'clocks']
      node = await spawnDaemon(instance, {
        name: 'node under a clock',
        argv: clock.command(argv),
        logFile: join(instance.folder, 'clock-process.log'),
      })
      handle = await new Client({ connection }).workflow.start<typeof clocks>('clocks', {
        workflowId: 'clocks',
        taskQueue: 'clocks',
        args: [steps.length],
      })
    })
    afterAll(() => connection.close())

    it('is followed at each step, while timers, activities and workflows go on at their pace', async () => {
      let last: ClockTold | undefined
      for (const [n, ms] of steps.entries()) {
        clock.step(ms)
        const real = Date.now()
        await handle.signal(ask)
        const answer = await vi.waitUntil(async () => (await handle.query(told))[n], { timeout: 30_000, interval: 100 })
        const took = Date.now() - real
        for (const seen of [answer.main, answer.thread]) {
          expect(seen - clock.ahead()).toBeGreaterThanOrEqual(real)
          expect(seen - clock.ahead()).toBeLessThanOrEqual(real + took)
        }
        if (last !== undefined) {
          const passed = answer.elapsed - last.elapsed
          expect(passed).toBeGreaterThan(900)
          expect(passed).toBeLessThan(took + near)
          expect((answer.ticks - last.ticks) * 100).toBeGreaterThan(passed / 2)
        }
        last = answer
      }
      expect(clock.ahead()).toBe(0)
      expect(await handle.result()).toHaveLength(steps.length)
      expect(node.isRunning()).toBe(true)
    })
  })
})
