import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collect, loadCloudConfig, OpenStack } from 'openstack-ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fleetId, fleetView } from '#contract/fleet.ts'
import { attribute } from '#contract/search-attributes.ts'
import { submissionType } from '#contract/submission.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { breaches, quiet } from './audit.ts'
import { startCrashSite, until, type CrashSite } from './crash-site.ts'
import type { SeenJob } from './seen-jobs.ts'

/** The VM of one submission is no place for another's jobs. */
const [FIRST, SECOND, THIRD, FOURTH] = ['c2-7.5gb-31', 'p2-3gb', 'c4-15gb-83', 'p4-6gb']
const FOREIGN = 'desktop'

let own: CrashSite
let batch: OpenStack

beforeAll(async () => {
  own = await startCrashSite({
    keepalive: '3s',
    clouds: [{ name: 'arbutus' }],
    condorPoll: '500ms',
    cloudPoll: '500ms',
    // the pass is the test's own
    cleanup: { every: '7d', grace: '1s', confirm: '300ms' },
  })
  const clouds = join(own.site.instance.folder, 'site', 'clouds.yaml')
  batch = OpenStack.connect(loadCloudConfig({ cloud: 'arbutus', env: {}, cwd: '/', files: { clouds } }), { retry: {} })
})
afterAll(async () => {
  await batch?.close()
  await own?.[Symbol.asyncDispose]()
})

const living = async (name: string): Promise<ServerRecord[]> =>
  (await own.servers()).filter((server) => server.name === name && server.deletedAt === null)

const jobsOf = async (file: string): Promise<SeenJob[]> => (await own.jobs()).filter((job) => job.file === file)

/** The VM on which the one job of a file runs. */
async function hostOf(file: string): Promise<string> {
  const runs = (jobs: SeenJob[]) => jobs.some(({ status, vm }) => status === 2 && vm !== undefined)
  return (await until(`the job of ${file} to run`, () => jobsOf(file), runs))[0]?.vm ?? ''
}

async function submissions(): Promise<{ status: string; state: string | undefined }[]> {
  const found = []
  for await (const one of own.client.workflow.list({ query: `WorkflowType = '${submissionType}'` })) {
    found.push({ status: one.status.name, state: attribute(one.typedSearchAttributes, 'state') })
  }
  return found
}

it(
  'with a Temporal that was set back to an hour ago nothing is lost or done twice, and what it does not know is left alone',
  { timeout: 240_000 },
  async () => {
    const { site } = own
    const gate = join(site.account.home, 'go-on')
    const wish = (file: string, flavor: string, more: object) =>
      own.submit(file, { jobs: 1, flavor, lines: [`+TestFile = "${file}"`], ...more })
    await Promise.all([wish('ends.sub', FOURTH, { seconds: 3 }), wish('stays.sub', SECOND, { until: gate })])
    const [ended, stays] = [await hostOf('ends.sub'), await hostOf('stays.sub')]
    await site.pool.stopDaemon('schedd')
    const waits = wish('waits.sub', FIRST, { until: gate })
    await until('a submission that has not submitted yet', submissions, (all) =>
      all.some(({ state }) => state === 'submitting'),
    )

    const copy = join(site.instance.folder, 'yesterday.db')
    await site.temporal.backUp(copy)

    await site.pool.startDaemon('schedd')
    expect(await waits).toMatchObject({ exitCode: 0 })
    const first = await hostOf('waits.sub')
    await wish('later.sub', THIRD, { until: gate })
    const second = await hostOf('later.sub')
    await until('a VM to end', own.vms, (vms) => vms.some(({ vm, result }) => vm === ended && result !== undefined))
    const [flavor] = await collect(batch.compute.flavors.list())
    await batch.compute.servers.create({
      name: FOREIGN,
      flavorId: flavor?.id ?? '',
      imageId: (await living(stays))[0]?.imageId ?? '',
      networks: 'auto',
    })
    const there = async () => (await own.servers()).filter(({ deletedAt }) => deletedAt === null)
    const before = await until('all to be ACTIVE', there, (servers) =>
      servers.every(({ activeAt }) => activeAt !== null),
    )
    expect(before.map(({ name }) => name).toSorted()).toEqual([stays, first, second, FOREIGN].toSorted())

    await own.crash()
    await site.temporal.kill()
    site.temporal.restore(copy)
    await site.temporal.start()
    await own.restart()

    // the VM that it remembers and that is gone ends with a reason; those that it has forgotten are said, and no more
    await until('the VM that is gone to end', own.vms, (vms) =>
      vms.some(({ vm, result }) => vm === ended && result?.reason === 'Vanished'),
    )
    expect((await own.vms()).map(({ vm }) => vm).toSorted()).toEqual([ended, stays].toSorted())
    const { stdout } = await site.cli(['cleanup', 'run', 'arbutus', '--yes', '-o', 'json'], { as: 'operator' })
    const because = 'there is no record of a VM of this name'
    const unproven = [first, second].toSorted().map((vm) => expect.objectContaining({ kind: 'unproven', vm, because }))
    const [pass] = (JSON.parse(stdout) as { items: { findings: { vm: string; outcome?: string }[] }[] }).items
    expect(pass?.findings.toSorted((a, b) => (a.vm < b.vm ? -1 : 1))).toEqual(unproven)
    expect(pass?.findings.map(({ outcome }) => outcome)).toEqual([undefined, undefined])
    expect(readFileSync(site.worker.logFile, 'utf8')).toMatch(/alarm: Unproven/)
    expect(await there()).toEqual(before)

    // the names that it gave since are given again: one to the order that it had, the other to another one
    await wish('more.sub', FIRST, { seconds: 1 })
    await until(
      'the new job to end',
      () => jobsOf('more.sub'),
      ([job]) => job?.left === true,
    )
    expect((await own.record(first)).serverId).toBe(before.find(({ name }) => name === first)?.id)
    const vms = await until('the other to end', own.vms, (all) =>
      all.some(({ vm, result }) => vm === second && result !== undefined),
    )
    expect(vms.find(({ vm }) => vm === second)).toMatchObject({ result: { reason: 'NameTaken', served: false } })
    expect(vms).toHaveLength(5)
    expect(await own.client.workflow.getHandle(fleetId(POOL)).query(fleetView)).toMatchObject({ breakers: {} })
    const untouched = (await own.servers()).filter(({ id }) => before.some((one) => one.id === id))
    expect(untouched).toEqual(before)

    writeFileSync(gate, '')
    const jobs = await until('the jobs to end', own.jobs, (all) => all.every(({ left }) => left))
    expect(jobs.map(({ file, exitCode, starts }) => `${file} ${exitCode} ${starts}`).toSorted()).toEqual(
      ['ends.sub', 'later.sub', 'more.sub', 'stays.sub', 'waits.sub'].map((file) => `${file} 0 1`),
    )
    expect(own.began().toSorted()).toEqual(jobs.map(({ id }) => id).toSorted())
    expect(own.ended().toSorted()).toEqual(jobs.map(({ id }) => id).toSorted())
    // all but the one that nobody can prove, and others'
    const left = await until('the VMs to go', there, (servers) => servers.length === 2)
    expect(left.map(({ name }) => name).toSorted()).toEqual([second, FOREIGN].toSorted())
    await until('the submissions to end', submissions, (all) => all.every(({ status }) => status === 'COMPLETED'))
    expect(await submissions()).toHaveLength(4)

    // as a person does who was told
    for (const name of [second, FOREIGN]) {
      for (const { id } of await living(name)) await batch.compute.servers.delete(id)
    }
    await quiet(own)
    expect(await breaches(own)).toEqual([`nobody meant to boot ${FOREIGN}`])
  },
)
