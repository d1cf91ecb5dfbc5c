// Run as an ordinary account: a whole pool of its own with a worker and a job, told as one line of JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPool } from '#testbed/condor/pool.ts'
import { createToken, startWorker } from '#testbed/condor/worker.ts'
import { demoAccount, runAs } from '#testbed/instance/account.ts'
import { addressIn, createInstance, endInstance } from '#testbed/instance/instance.ts'

const instance = await createInstance()
try {
  const account = await demoAccount(instance)
  const pool = await startPool(instance, { fast: true })
  const config = 'ALLOW_READ = *\nALLOW_WRITE = submit-side@matchsession\nSTART = True\n'
  const token = await createToken(pool, `${account.name}.vm-a@pool.test`)
  const worker = await startWorker(instance, pool, { name: 'vm-a', address: addressIn(instance, 11), config, token })
  await worker.joined()
  const text =
    'executable = /usr/bin/id\narguments = -un\ntransfer_executable = false\nshould_transfer_files = YES\noutput = who.out\nqueue\n'
  const submitted = await runAs(account, ['condor_submit', '-'], {
    env: pool.environment,
    input: text,
    cwd: instance.folder,
  })
  const queue = (): Promise<string> => pool.tool('condor_q', ['-allusers', '-af', 'ClusterId'])
  for (const deadline = Date.now() + 60_000; (await queue()).trim() !== '' && Date.now() < deadline;) await sleep(100)
  await pool.tool('condor_drain', ['vm-a'])
  const state = async (): Promise<string> => (await pool.tool('condor_status', ['-af', 'State'])).trim()
  for (const deadline = Date.now() + 20_000; (await state()) !== 'Drained' && Date.now() < deadline;) await sleep(100)
  const output = readFileSync(join(instance.folder, 'who.out'), 'utf8').trim()
  const report = {
    network: instance.network.kind,
    address: instance.network.address,
    folder: instance.folder,
    submitted: submitted.exitCode,
    output,
    state: await state(),
  }
  console.log(JSON.stringify(report))
} finally {
  await endInstance(instance)
}
