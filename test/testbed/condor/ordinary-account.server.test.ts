import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findCondor } from '#testbed/condor/find.ts'
import { type Account, demoAccount, runAs } from '#testbed/instance/account.ts'
import { everyoneMayEnter, isRoot, sharedCache } from '#testbed/instance/folders.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { processesOf } from '#testbed/instance/process-table.ts'

const script = join(import.meta.dirname, 'personal-pool.ts')
/** Only root can become another account, and that account has to reach this checkout. */
const possible = isRoot() && [import.meta.dirname, process.execPath, sharedCache()].every(everyoneMayEnter)

let instance: Instance
let account: Account

beforeAll(async () => {
  if (!possible) return
  await findCondor({ progress: console.log })
  instance = await createInstance({ network: 'loopback' })
  account = await demoAccount(instance)
})
afterAll(async () => {
  if (possible) await endInstance(instance)
})

it.runIf(possible)('runs a pool, a worker and a job without root, and leaves nothing', async () => {
  // What root has fetched serves here too, so that the network is asked once.
  const env = { XDG_CACHE_HOME: dirname(sharedCache()) }
  const { exitCode, stdout, stderr } = await runAs(account, [process.execPath, script], { env })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout) as Record<string, unknown>
  expect(report).toMatchObject({ network: 'loopback', submitted: 0, output: account.name, state: 'Drained' })
  expect(report['folder']).toContain(`${account.home}/.local/state/canfar-batch/testbed/`)
  expect(existsSync(String(report['folder']))).toBe(false)
  expect(processesOf(account.uid)).toEqual([])
})
