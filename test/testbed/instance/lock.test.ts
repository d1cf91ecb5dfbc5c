import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { withLock } from '#testbed/instance/lock.ts'

it('lets one in at a time and says who waits', async () => {
  let inside = 0
  let most = 0
  let waited = 0
  const work = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await sleep(10)
    inside -= 1
  }
  const what = `test ${process.pid} one at a time`
  await Promise.all([1, 2, 3].map(() => withLock(what, work, () => (waited += 1))))
  expect({ most, waited }).toEqual({ most: 1, waited: 2 })
})

it('is free again when its holder was killed', async () => {
  const what = `test ${process.pid} killed`
  const lock = join(import.meta.dirname, '../../../testbed/instance/lock.ts')
  const script = `const { withLock } = await import(${JSON.stringify(lock)})
    await withLock(${JSON.stringify(what)}, async () => { console.log('held'); await new Promise((r) => setTimeout(r, 60_000)) })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  let waited = false
  const held = withLock(
    what,
    async () => 'mine',
    () => (waited = true),
  )
  await sleep(50)
  expect(waited).toBe(true)
  child.kill('SIGKILL')
  expect(await held).toBe('mine')
})
