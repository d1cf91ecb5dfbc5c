import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { collect } from 'openstack-ts'
import { untilTakenUp } from '#contract/questions.ts'
import { createClouds } from '#clouds/connections.ts'
import { loadConfig } from '#config/load.ts'
import type { Config } from '#config/schema.ts'
import { fleetId, fleetView } from '#contract/fleet.ts'
import { attribute } from '#contract/search-attributes.ts'
import { vmStart } from '#contract/starts.ts'
import { vmEvent, vmLifecycleType, vmRecord, type VmOrder, type VmResult } from '#contract/vm-lifecycle.ts'
import type { Deadlines } from '#domain/deadlines.ts'
import type { VmEvent, VmRecord } from '#domain/vm/record.ts'
import type { VmState } from '#domain/vm/state.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import type { SiteOptions } from '#testbed/site/options.ts'
import { type Site, startSite } from '#testbed/site/site.ts'
import { FLAVOR, IMAGE } from '#testbed/site/words.ts'

/** A site with what a test asks of it beside the command line: Temporal itself, and the batch project of each cloud. */
export interface TestSite {
  site: Site
  config: Config
  client: Client
  /** A VM of the tutorial's image and flavor, for the astronomer. */
  order(cloud: string, changes?: Partial<VmOrder>): Promise<VmOrder>
  /** A name for a VM, as the fleet makes them. */
  vmName(cloud: string): string
  /** Starts a VM's workflow as the fleet does. */
  startVm(cloud: string, wish?: VmWish): Promise<TestVm>
  /** The reason that lists show. */
  reasonOf(vm: TestVm): Promise<string | undefined>
  /** The VM's activity of that type that is being tried, once there is one. */
  pending(vm: TestVm, type: string): Promise<{ activityId: string; maximumAttempts: number }>
  /** Lets an activity have two attempts instead of many: which is the last is all that differs. */
  shorten(vm: TestVm, type: string): Promise<void>
  /** Does not wait for the activity's next attempt. */
  retryNow(vm: TestVm, type: string): Promise<void>
  stop(): Promise<void>
}

export interface VmWish {
  name?: string
  deadlines?: Partial<Deadlines>
  order?: Partial<VmOrder>
}

export interface TestVm {
  name: string
  handle: WorkflowHandle
  record(): Promise<VmRecord>
  tell(event: Omit<VmEvent, 'at'>): Promise<void>
  /** Waits until it is in the state, or has ended. */
  reaches(state: VmState, ms?: number): Promise<VmRecord>
  result(): Promise<VmResult>
}

/** Waits until `look` finds something, asking again all the time. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, ms = 30_000): Promise<T> {
  for (const end = Date.now() + ms; ; await sleep(100)) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`)
  }
}

/** Brings a site up whose worker VMs are plain processes, with the tutorial's image shared with the batch project. */
export async function testSite(options: Partial<SiteOptions> = {}): Promise<TestSite> {
  const site = await startSite({ fast: true, guests: 'process', keepalive: '3s', ...options })
  try {
    return await around(site)
  } catch (error) {
    await site.stop()
    throw error
  }
}

/** The same around a site that the caller brought up; ending it ends the site. */
export async function around(site: Site): Promise<TestSite> {
  // refused until the watches have looked at each cloud for the first time
  await until('the image to be shared', async () => {
    const { exitCode } = await site.cli(['image', 'share', IMAGE])
    return exitCode === 0 ? true : undefined
  })
  const { config } = loadConfig({ flag: site.configFile })
  const connection = await Connection.connect({ address: config.temporal.address })
  const client = new Client({
    connection,
    namespace: config.temporal.namespace,
    interceptors: { workflow: [untilTakenUp] },
  })
  // a fleet that planned later would retire VMs that are nobody's demand
  await until(
    'the first plan',
    async () => (await client.workflow.getHandle(fleetId(config.pool)).query(fleetView)).lastPlan,
  )
  const clouds = createClouds(config)

  const order = async (cloud: string, changes: Partial<VmOrder> = {}): Promise<VmOrder> => {
    const batch = clouds.batch(cloud)
    const [flavors, images, batchProject] = await Promise.all([
      collect(batch.compute.flavors.list()),
      collect(batch.image.images.list({ visibility: 'shared' })),
      batch.projectId(),
    ])
    const flavor = flavors.find(({ name }) => name === FLAVOR)
    const image = images.find(({ name }) => name === IMAGE)
    if (flavor === undefined || image === undefined) throw new Error(`${cloud} lacks ${FLAVOR} or ${IMAGE}`)
    const { id, vcpus, ramMb, ephemeralGb } = flavor
    return {
      cloud,
      tenant: site.account.name,
      project: 'cosmology',
      batchProject,
      vmType: `cosmology:${IMAGE}`,
      image: { id: image.id, name: IMAGE },
      flavor: { id, name: FLAVOR, cores: vcpus, ramMb, ephemeralGb },
      keepaliveMs: config.keepalive.default,
      group: 'test',
      shape: 'test',
      ...changes,
    }
  }

  const vmName = (cloud: string): string => `${config.pool}-${cloud}-${randomBytes(8).toString('hex')}`

  const pending: TestSite['pending'] = ({ name, handle }, type) =>
    until(`${name} to be in ${type}`, async () => {
      const { raw } = await handle.describe()
      const found = (raw.pendingActivities ?? []).find(({ activityType }) => activityType?.name === type)
      return found?.activityId == null
        ? undefined
        : { activityId: found.activityId, maximumAttempts: found.maximumAttempts ?? 0 }
    })

  const activity = async (vm: TestVm, type: string) => ({
    namespace: config.temporal.namespace,
    execution: { workflowId: vm.name },
    id: (await pending(vm, type)).activityId,
  })

  return {
    site,
    config,
    client,
    order,
    vmName,
    startVm: async (cloud, { name = vmName(cloud), deadlines = {}, order: changes = {} } = {}) => {
      const started = { vm: name, order: await order(cloud, changes), at: Date.now() }
      const start = vmStart(config.pool, config.controlPlane, started, { ...config.deadlines, ...deadlines })
      return testVm(await client.workflow.start(vmLifecycleType, start), name)
    },
    reasonOf: async ({ handle }) => attribute((await handle.describe()).typedSearchAttributes, 'reason'),
    pending,
    shorten: async (vm, type) => {
      await client.workflowService.updateActivityOptions({
        ...(await activity(vm, type)),
        activityOptions: { retryPolicy: { maximumAttempts: 2 } },
        updateMask: { paths: ['retry_policy.maximum_attempts'] },
      })
    },
    retryNow: async (vm, type) => {
      await client.workflowService.resetActivity(await activity(vm, type))
    },
    stop: async () => {
      await clouds.close()
      await connection.close()
      const { failed } = await site.stop()
      if (failed.length > 0) throw new Error(`not taken down: ${JSON.stringify(failed)}`)
    },
  }
}

function testVm(handle: WorkflowHandle, name: string): TestVm {
  const record = (): Promise<VmRecord> => handle.query(vmRecord)
  return {
    name,
    handle,
    record,
    tell: (event) => handle.signal(vmEvent, { ...event, at: Date.now() }),
    reaches: (state, ms) =>
      until(
        `${name} to be ${state}`,
        async () => {
          const seen = await record()
          if (seen.state === 'gone' && state !== 'gone')
            throw new Error(`${name} is gone: ${JSON.stringify(seen, null, 2)}`)
          return seen.state === state ? seen : undefined
        },
        ms,
      ),
    result: () => handle.result() as Promise<VmResult>,
  }
}

/** How many events a workflow's present run has. */
export async function historyLength(client: Client, workflowId: string): Promise<number> {
  const { historyLength: length } = await client.workflow.getHandle(workflowId).describe()
  return length
}

/** A submit file of the astronomer's whose jobs run a shell command, in a folder of its own. */
export function shellJobs(site: Site, name: string, command: string, count: number): { folder: string; file: string } {
  const folder = join(site.account.home, name)
  writeOwn(site.account, join(folder, 'job.sh'), `#!/bin/sh\n${command}\n`, 0o755)
  const lines = [
    'executable = job.sh',
    'log = jobs.log',
    'output = job-$(Process).out',
    'should_transfer_files = YES',
    `queue ${count}`,
  ]
  writeOwn(site.account, join(folder, 'jobs.sub'), `${lines.join('\n')}\n`, 0o644)
  return { folder, file: 'jobs.sub' }
}

/** Submits it as the astronomer would. */
export async function submit(site: Site, { folder, file }: { folder: string; file: string }): Promise<void> {
  const { exitCode, stderr } = await site.cli(['submit', file, IMAGE, FLAVOR], { cwd: folder })
  if (exitCode !== 0) throw new Error(stderr)
}
