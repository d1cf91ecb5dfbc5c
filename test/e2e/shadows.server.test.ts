import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { fleetId, type VmOutcome } from '#contract/fleet.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type CrashSite } from './crash-site.ts'
import type { SeenJob } from './seen-jobs.ts'

/** Long before the lease of a job would be over: the default, forty minutes. */
const SOON = 30_000

let own: CrashSite
let cloud: SiteCloud

beforeAll(async () => {
  // one VM: what waits runs on the one that is there
  const clouds = [{ name: 'arbutus', caps: { vms: 1 } }]
  own = await startCrashSite({ keepalive: '3s', clouds, condorPoll: '500ms', cloudPoll: '500ms' })
  const { arbutus } = own.site.clouds
  if (arbutus === undefined) throw new Error('a cloud was asked for')
  cloud = arbutus
})
afterAll(() => own?.[Symbol.asyncDispose]())

const jobOf = async (submission: string): Promise<SeenJob | undefined> =>
  (await own.jobs()).find((job) => job.submission === submission)

const runs = (submission: string, which = (job: SeenJob) => job.status === 2 && job.vm !== undefined) =>
  until(
    'the job to run',
    () => jobOf(submission),
    (job) => job !== undefined && which(job),
  )

const ends = (submission: string) =>
  until(
    'the job to end',
    () => jobOf(submission),
    (job) => job?.left === true,
  )

describe('a shadow', () => {
  it('is of one job: the second job of a VM that vanishes is put back at once', { timeout: 60_000 }, async () => {
    const gate = join(own.site.account.home, 'second')
    const one = await own.submit('first.sub', { jobs: 1, seconds: 3 })
    const two = await own.submit('second.sub', { jobs: 1, until: gate })
    const first = await ends(one.submission)
    const second = await runs(two.submission)
    expect(second?.vm).toBe(first?.vm)
    await cloud.admin.vanish(second?.vm ?? '')
    const free = (job: SeenJob | undefined) => job?.status === 1 || job?.vm !== second?.vm
    await until('the job to be free', () => jobOf(two.submission), free, SOON)
    writeFileSync(gate, '')
    expect(await ends(two.submission)).toMatchObject({ exitCode: 0, starts: 2 })
    await quiet(own)
    expect(await breaches(own)).toEqual([])
  })

  it('that may have had other jobs before is what doctor warns of', async () => {
    const asked = await own.site.pool.tool('condor_config_val', ['SHADOW_WORKLIFE'])
    expect(asked.trim()).toBe('0')
    const condor = join(own.site.instance.folder, 'site', 'condor_config')
    writeFileSync(condor, `${readFileSync(own.site.pool.configFile, 'utf8')}\nSHADOW_WORKLIFE = 3600\n`, {
      mode: 0o644,
    })
    const config = parse(readFileSync(own.site.configFile, 'utf8')) as { condor: object }
    const file = join(own.site.instance.folder, 'site', 'recycling.yaml')
    writeFileSync(file, stringify({ ...config, condor: { ...config.condor, configFile: condor } }), { mode: 0o644 })
    const { exitCode, stdout } = await own.site.cli(['--config', file, 'doctor', '-o', 'json'])
    expect(exitCode).toBe(1)
    const { items } = JSON.parse(stdout) as { items: { ok: unknown; name: string; next?: string }[] }
    expect(items.filter(({ ok }) => ok !== true)).toEqual([
      {
        name: 'shadows',
        ok: false,
        detail: expect.stringContaining('3600 s') as unknown,
        next: expect.stringMatching(/SHADOW_WORKLIFE = 0 .*condor_config_val -config .*condor_reconfig/) as unknown,
      },
    ])
  })
})

/** How the fleet was told that VMs end. */
async function told(): Promise<VmOutcome[]> {
  const { events } = await own.client.workflow.getHandle(fleetId(POOL)).fetchHistory()
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const data = signal?.signalName === 'vmEnded' ? signal.input?.payloads?.[0]?.data : undefined
    return data == null ? [] : [JSON.parse(Buffer.from(data).toString()) as VmOutcome]
  })
}

it('a VM that vanishes while the schedd is away is done with before its job is', { timeout: 90_000 }, async () => {
  const gate = join(own.site.account.home, 'third')
  const { submission } = await own.submit('third.sub', { jobs: 1, until: gate })
  const { vm = '' } = (await runs(submission)) ?? {}
  await own.site.pool.stopDaemon('schedd')
  await cloud.admin.vanish(vm)
  const left = async () => (await cloud.admin.inventory()).ports.filter(({ orphan }) => orphan)
  // nothing is left of it on the cloud, and the fleet has heard, long before the schedd has
  await until('the fleet to hear', told, (list) => list.some((one) => one.vm === vm), 20_000)
  await until('its ports to go', left, (ports) => ports.length === 0, 20_000)
  expect((await told()).find((one) => one.vm === vm)).toMatchObject({ reason: 'Vanished' })
  expect((await own.record(vm)).state).toBe('deleting')
  await own.site.pool.startDaemon('schedd')
  await runs(submission, (job) => job.status === 2 && job.vm !== undefined && job.vm !== vm)
  writeFileSync(gate, '')
  expect(await ends(submission)).toMatchObject({ exitCode: 0, starts: 2 })
  await quiet(own)
  expect(await breaches(own)).toEqual([])
})
