import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { Client } from '@temporalio/client'
import { cleanupType } from '#contract/cleanup.ts'
import { housekeepingType } from '#contract/housekeeping.ts'
import { previewType } from '#contract/preview.ts'
import { cleanupStart, housekeepingStart, previewStart } from '#contract/starts.ts'
import { credentialRotationId } from '#contract/credential-rotation.ts'
import { fleetId, setCloud, summary } from '#contract/fleet.ts'
import { imageReplicationType } from '#contract/image-replication.ts'
import { imageSharingType } from '#contract/image-sharing.ts'
import { imageUnsharingType } from '#contract/image-unsharing.ts'
import { submissionType } from '#contract/submission.ts'
import { vmEvent, vmLifecycleType } from '#contract/vm-lifecycle.ts'
import { cloudWatchId, configure, poolWatchId } from '#contract/watch.ts'
import type { RuleInput } from '#testbed/front/rule.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { type CloudWish, type SiteOptions, TWO_CLOUDS } from '#testbed/site/options.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { observe } from '#testbed/site/demo/observe.ts'
import { CHECKOUT } from '#testbed/site/program.ts'
import { ASTRONOMER_PROJECT, BATCH_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { makeOwner, ownedBy, writeOwners } from '../e2e/rotation-site.ts'
import { shellJobs, submit, testSite, type TestSite, type TestVm, until } from '../workflows/support.ts'
import { neutralHistory, type Replacements, wordsOf } from './neutral.ts'

// Records anew what replay.test.ts replays: node test/replay/record.ts [SCENE...]
// With names of scenes (unsharings, vms) only theirs, and all others stay as they are. A site with short deadlines lives through what can happen to each workflow, and the histories of it are kept.

const FOLDER = join(import.meta.dirname, 'histories')
const UNFINISHED = mkdtempSync(join(tmpdir(), 'histories-'))

interface Recorded {
  name: string
  workflowId: string
  runId?: string
}

/** Of the batch project's credentials. */
const owner = makeOwner()

const say = (line: string): void => console.log(`── ${line}`)

async function main(asked: readonly string[]): Promise<void> {
  await recordSite(
    asked,
    { policy: { planInterval: '200ms' }, clouds: withImages('copied', 'wrong', 'cancelled', 'for-jobs', 'for-nobody') },
    [submissions, fleets, previews, sharings, unsharings, replications, copies],
  )
  // these VMs are nobody's demand: a fleet that planned would retire them
  await recordSite(asked, { policy: { planInterval: '1h' } }, [vms, cleanups, watches])
  const owned = { seed: ownedBy(owner), rotation: { owner: 'east-owner', every: '30d', grace: '2s' } }
  await recordSite(asked, { clouds: [{ name: 'east', ...owned }] }, [rotations])
  if (asked.length === 0) rmSync(FOLDER, { recursive: true, force: true })
  cpSync(UNFINISHED, FOLDER, { recursive: true })
  rmSync(UNFINISHED, { recursive: true })
  say(`${readdirSync(FOLDER).length} histories are in ${FOLDER}`)
}

async function recordSite(
  asked: readonly string[],
  options: Partial<SiteOptions>,
  all: readonly ((world: TestSite) => Promise<Recorded[]>)[],
): Promise<void> {
  const scenes = asked.length === 0 ? all : all.filter(({ name }) => asked.includes(name))
  if (scenes.length === 0) return
  const world = await testSite({
    keepalive: '2s',
    cloudPoll: '500ms',
    condorPoll: '500ms',
    // so that a fleet continues as new after some ten plans
    temporalArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'],
    ...options,
  })
  try {
    for (const scene of scenes) await keep(world, await scene(world))
  } finally {
    await world.stop()
  }
}

async function submissions({ site, client, config }: TestSite): Promise<Recorded[]> {
  say('a submission to its end')
  await submit(site, shellJobs(site, 'two-jobs', 'sleep 1', 2))
  await until(
    'its jobs to be done',
    async () => ((await observe(site)).history.length === 2 ? true : undefined),
    90_000,
  )
  const [done] = await ids(client, submissionType)
  if (done === undefined) throw new Error('no submission')
  await client.workflow.getHandle(done).result()
  await until('its VMs to be gone', async () =>
    (await ids(client, vmLifecycleType, true)).length === 0 ? true : undefined,
  )
  say('a submission that its user removes')
  const names = config.clouds.map(({ name }) => name)
  for (const name of names)
    await site.cli(['cloud', 'disable', name, '--reason', 'nothing may boot'], { as: 'operator' })
  await submit(site, shellJobs(site, 'removed', 'sleep 60', 3))
  const [removed] = await ids(client, submissionType, true)
  if (removed === undefined) throw new Error('no submission runs')
  await client.workflow.getHandle(removed).cancel()
  await client.workflow.getHandle(removed).result()
  say('a submission that fails')
  const { folder, file } = shellJobs(site, 'refused', 'true', 1)
  await site.cli(['submit', file, 'no-such-image', FLAVOR], { cwd: folder })
  const failed = (await ids(client, submissionType)).find((id) => id !== done && id !== removed)
  if (failed === undefined) throw new Error('the third submission is missing')
  const booted = await ids(client, vmLifecycleType)
  return [
    { name: 'submission-done', workflowId: done },
    { name: 'submission-removed', workflowId: removed },
    { name: 'submission-failed', workflowId: failed },
    ...booted.slice(0, 2).map((workflowId, n) => ({ name: `vm-lifecycle-served-${n + 1}`, workflowId })),
  ]
}

async function fleets({ client, config }: TestSite): Promise<Recorded[]> {
  say('a fleet that decides, is told, and continues as new')
  const handle = client.workflow.getHandle(fleetId(config.pool))
  const control = { enabled: true, reason: 'enabled again', by: 'root', at: Date.now() }
  await handle.signal(setCloud, { cloud: 'east', control })
  const { runId } = await handle.describe()
  await until('a new run', async () => {
    await handle.signal(summary, { source: 'record', at: Date.now() })
    return (await handle.describe()).runId === runId ? undefined : true
  })
  const runIds: string[] = []
  for await (const run of client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) runIds.push(run.runId)
  return runIds
    .toReversed()
    .map((run, n) => ({ name: `fleet-run-${n + 1}`, workflowId: handle.workflowId, runId: run }))
}

async function previews({ client, config }: TestSite): Promise<Recorded[]> {
  say('a plan to be looked at')
  const start = previewStart({ pool: config.pool }, 'recorded')
  await client.workflow.execute(previewType, start)
  return [{ name: 'preview', workflowId: start.workflowId }]
}

async function cleanups(world: TestSite): Promise<Recorded[]> {
  say('a cleanup that adopts a VM, one that finds nothing, and the housekeeping')
  const { client, config } = world
  const vm = await world.startVm('east', { order: { keepaliveMs: 600_000 } })
  await vm.reaches('serving')
  await vm.handle.terminate('by mistake')
  const pass = async (name: string): Promise<Recorded> => {
    const input = { pool: config.pool, cloud: 'east', by: 'record', confirmMs: 200 }
    const start = cleanupStart(input, name)
    await client.workflow.execute(cleanupType, start)
    return { name: `cleanup-${name}`, workflowId: start.workflowId }
  }
  const passes = [await pass('adopts'), await pass('nothing')]
  const adopted = client.workflow.getHandle(vm.name)
  await adopted.signal(vmEvent, { kind: 'retire', at: Date.now(), reason: 'Retired', note: 'recorded' })
  await adopted.result()
  const house = housekeepingStart({ pool: config.pool })
  await client.workflow.execute(housekeepingType, house)
  return [
    ...passes,
    { name: 'vm-lifecycle-adopted', workflowId: vm.name },
    { name: 'housekeeping', workflowId: house.workflowId },
  ]
}

async function vms(world: TestSite): Promise<Recorded[]> {
  const east = world.site.clouds['east']?.admin
  if (east === undefined) throw new Error('the site has no cloud east')
  const patient = { keepaliveMs: 600_000 }
  const start = async (fault: RuleInput['effect'] | undefined, deadlines = {}): Promise<TestVm> => {
    const name = world.vmName('east')
    const match = { service: 'compute', method: 'POST', pathRegex: '/servers$', name } as const
    if (fault !== undefined) await east.addFault({ match, effect: fault })
    return world.startVm('east', { name, deadlines, order: patient })
  }
  const lives: Record<string, () => Promise<TestVm>> = {
    'stuck-building': () => start({ kind: 'stuck-building' }, { building: 1000 }),
    'no-capacity': () => start({ kind: 'no-capacity' }),
    refused: () =>
      start({
        kind: 'status',
        status: 403,
        message: 'Quota exceeded for instances: Requested 1, but already used 1 of 1 instances',
      }),
    'answer-lost': () => start({ kind: 'act-then-drop' }, { firstJob: 500 }),
    'create-unknown': () => start({ kind: 'drop' }, { createLookup: 1000 }),
    'never-joined': () => start(undefined, { join: 100 }),
    'no-first-job': () => start(undefined, { firstJob: 500 }),
    vanished: async () => {
      const vm = await start(undefined)
      await vm.reaches('serving')
      await east.vanish(vm.name)
      return vm
    },
    'powered-off': async () => {
      const vm = await start(undefined)
      await vm.reaches('serving')
      await east.setState(vm.name, 'SHUTOFF')
      return vm
    },
    'black-hole': async () => {
      const vm = await start(undefined)
      await vm.reaches('serving')
      await vm.tell({ kind: 'black-hole', note: 'five jobs failed on it one after another' })
      return vm
    },
    'held-and-retired': async () => {
      const vm = await start(undefined)
      await vm.reaches('serving')
      await vm.tell({ kind: 'hold' })
      await vm.reaches('held')
      await vm.tell({ kind: 'resume' })
      await vm.reaches('serving')
      await vm.tell({ kind: 'retire', reason: 'Retired', note: 'root: not needed' })
      return vm
    },
    'delete-refused': async () => {
      const vm = await start(undefined, { firstJob: 500 })
      const { serverId = '' } = await vm.reaches('booted')
      const match = { service: 'compute', method: 'DELETE', pathRegex: `/servers/${serverId}` } as const
      const rule = await east.addFault({ match, times: null, effect: { kind: 'status', status: 403 } })
      await world.shorten(vm, 'deleteServer')
      await until('the alarm', async () => ((await world.reasonOf(vm)) === 'DeleteStuck' ? true : undefined))
      await east.removeFault(rule.id)
      await world.retryNow(vm, 'deleteServer')
      return vm
    },
    cancelled: async () => {
      const vm = await start(undefined)
      await vm.reaches('booted')
      await vm.handle.cancel()
      return vm
    },
  }
  const recorded: Recorded[] = []
  for (const [name, live] of Object.entries(lives)) {
    const vm = await live()
    const { reason } = await vm.result()
    say(`a VM: ${name}, ${reason}`)
    recorded.push({ name: `vm-lifecycle-${name}`, workflowId: vm.name })
  }
  return recorded
}

async function watches({ client, config }: TestSite): Promise<Recorded[]> {
  say('watches: one configured anew, one cancelled')
  const configured = client.workflow.getHandle(cloudWatchId('east'))
  const { runId } = await configured.describe()
  await configured.signal(configure, { digest: 'another' })
  await until('its new run', async () => ((await configured.describe()).runId === runId ? undefined : true))
  const cancelled = client.workflow.getHandle(poolWatchId(config.pool))
  await cancelled.cancel()
  await cancelled.result().catch(() => undefined)
  return [
    { name: 'watch-cloud-configured', workflowId: configured.workflowId, runId },
    { name: 'watch-cloud', workflowId: cloudWatchId('arbutus') },
    { name: 'watch-pool-cancelled', workflowId: cancelled.workflowId },
  ]
}

async function sharings({ site, client }: TestSite): Promise<Recorded[]> {
  say('an image that is shared already')
  const before = await runs(client, imageSharingType)
  await site.cli(['image', 'share', IMAGE])
  const again = (await runs(client, imageSharingType)).find(({ runId }) => !before.some((run) => run.runId === runId))
  const first = before.at(-1)
  if (first === undefined || again === undefined) throw new Error('an image sharing is missing')
  return [
    { name: 'image-sharing-now', ...first },
    { name: 'image-sharing-already', ...again },
  ]
}

async function unsharings({ site, client }: TestSite): Promise<Recorded[]> {
  say('an image that is taken back, and once more')
  await site.cli(['image', 'share', IMAGE])
  await site.cli(['image', 'unshare', IMAGE, BATCH_PROJECT])
  await site.cli(['image', 'unshare', IMAGE, BATCH_PROJECT])
  const all = await runs(client, imageUnsharingType)
  const [again, first] = all.filter(({ workflowId }) => workflowId === all[0]?.workflowId)
  if (first === undefined || again === undefined) throw new Error('an image unsharing is missing')
  return [
    { name: 'image-unsharing-now', ...first },
    { name: 'image-unsharing-already', ...again },
  ]
}

async function rotations({ site, client, config }: TestSite): Promise<Recorded[]> {
  say(
    'a credential that cannot be rotated, one that is, one that is cancelled in its grace, and the housekeeping that begins one',
  )
  const id = credentialRotationId('east')
  const ended = async (): Promise<Run> => {
    const handle = client.workflow.getHandle(id)
    const { runId } = await handle.describe()
    await handle.result().catch(() => undefined)
    return { workflowId: id, runId }
  }
  const pass = housekeepingStart({ pool: config.pool })
  await client.workflow.execute(housekeepingType, pass)
  const { runId } = await client.workflow.getHandle(pass.workflowId).describe()
  const failed = await ended()
  writeOwners(site, { east: owner })
  const rotate = () => site.cli(['cloud', 'rotate', 'east'], { as: 'operator' })
  await rotate()
  const rotated = await ended()
  await rotate()
  await client.workflow.getHandle(id).cancel()
  return [
    { name: 'credential-rotation-failed', ...failed },
    { name: 'credential-rotation-rotated', ...rotated },
    { name: 'credential-rotation-cancelled', ...(await ended()) },
    { name: 'housekeeping-rotates', workflowId: pass.workflowId, runId },
  ]
}

/** Clouds of which the first has images that no other has. */
function withImages(...names: string[]): CloudWish[] {
  const own = names.map((name) => {
    return { name, size: 1 << 20, owner: ASTRONOMER_PROJECT, visibility: 'private', diskFormat: 'raw' } as const
  })
  const seed = (usual: SeedInput): SeedInput => ({ ...usual, images: [...(usual.images ?? []), ...own] })
  return TWO_CLOUDS.map((wish) => (wish.name === 'arbutus' ? { ...wish, seed } : wish))
}

async function replications({ site, client }: TestSite): Promise<Recorded[]> {
  say('an image that is copied, one that is there, one that arrives with wrong data, one that is cancelled')
  const admin = (cloud: string) => {
    const found = site.clouds[cloud]?.admin
    if (found === undefined) throw new Error(`the site has no cloud ${cloud}`)
    return found
  }
  const replicate = async (name: string, ...more: string[]): Promise<Run> => {
    await site.cli(['image', 'replicate', name, '--from', 'arbutus', '--to', 'east', ...more])
    const [newest] = await runs(client, imageReplicationType)
    if (newest === undefined) throw new Error(`${name} is not replicated`)
    return newest
  }
  const recorded: Recorded[] = []
  recorded.push({ name: 'image-replication-copied', ...(await replicate('copied', '--wait')) })
  recorded.push({ name: 'image-replication-already', ...(await replicate('copied', '--wait')) })
  const match = { service: 'image', pathRegex: '/file$' } as const
  await admin('east').addFault({ match: { ...match, method: 'PUT' }, effect: { kind: 'wrong-data' } })
  recorded.push({ name: 'image-replication-wrong-data', ...(await replicate('wrong', '--wait')) })
  await admin('arbutus').addFault({ match: { ...match, method: 'GET' }, effect: { kind: 'hang' } })
  const cancelled = await replicate('cancelled')
  await until('it to be fetched', async () =>
    (await admin('arbutus').counters()).faults['hang'] === undefined ? undefined : true,
  )
  const handle = client.workflow.getHandle(cancelled.workflowId, cancelled.runId)
  await handle.cancel()
  await handle.result().catch(() => undefined)
  return [...recorded, { name: 'image-replication-cancelled', ...cancelled }]
}

async function copies({ site, client }: TestSite): Promise<Recorded[]> {
  say('jobs that wait for a copy of their image and run with it, and jobs that are removed while they wait')
  const enter = async (image: string): Promise<Run> => {
    const { folder, file } = shellJobs(site, image, 'true', 1)
    writeFileSync(join(folder, file), 'executable = job.sh\n+TargetClouds = "east"\nqueue 1\n')
    const { exitCode, stderr } = await site.cli(['submit', file, image, FLAVOR], { cwd: folder })
    if (exitCode !== 0) throw new Error(stderr)
    const [newest] = await runs(client, submissionType, true)
    if (newest === undefined) throw new Error('no submission runs')
    return newest
  }
  const done = await enter('for-jobs')
  await client.workflow.getHandle(done.workflowId).result()
  const [copy] = await runs(client, imageReplicationType)
  const match = { service: 'image', pathRegex: '/file$', method: 'GET' } as const
  await site.clouds['arbutus']?.admin.addFault({ match, effect: { kind: 'hang' } })
  const removed = await enter('for-nobody')
  const [hanging] = await until('it to be copied', async () => {
    const found = await runs(client, imageReplicationType, true)
    return found.length === 0 ? undefined : found
  })
  await client.workflow.getHandle(removed.workflowId).cancel()
  await client.workflow.getHandle(removed.workflowId).result()
  if (copy === undefined || hanging === undefined) throw new Error('nothing was copied')
  const { workflowId, runId } = hanging
  await client.workflow.getHandle(workflowId, runId).cancel()
  await client.workflow
    .getHandle(workflowId, runId)
    .result()
    .catch(() => undefined)
  return [
    { name: 'submission-copied', ...done },
    { name: 'submission-copying-removed', ...removed },
    { name: 'image-replication-wanted', ...copy },
  ]
}

interface Run {
  workflowId: string
  runId: string
}

/** Newest first. */
async function runs(client: Client, type: string, running = false): Promise<Run[]> {
  const found: (Run & { start: number })[] = []
  const query = `WorkflowType = '${type}'${running ? " AND ExecutionStatus = 'Running'" : ''}`
  for await (const { workflowId, runId, startTime } of client.workflow.list({ query })) {
    found.push({ workflowId, runId, start: startTime.getTime() })
  }
  return found.toSorted((a, b) => b.start - a.start).map(({ workflowId, runId }) => ({ workflowId, runId }))
}

const ids = async (client: Client, type: string, running = false): Promise<string[]> =>
  (await runs(client, type, running)).map(({ workflowId }) => workflowId)

async function keep({ site, client }: TestSite, recorded: readonly Recorded[]): Promise<void> {
  const replacements: Replacements = [
    [site.account.home, '/home/astronomer'],
    [site.instance.folder, '/srv/site'],
    [CHECKOUT, '/opt/canfar-batch'],
    [site.account.name, 'astronomer'],
    [site.instance.id, 'here'],
  ]
  for (const { name, workflowId, runId } of recorded) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    const text = neutralHistory(historyToJSON(history), replacements)
    refuseSecrets(name, text, site)
    writeFileSync(join(UNFINISHED, `${name}.json`), text)
  }
}

function refuseSecrets(name: string, history: string, { clouds, instance }: TestSite['site']): void {
  const words = wordsOf(history)
  const secrets = Object.values(clouds).flatMap(({ batch, astronomer }) => [batch.secret, astronomer.password])
  secrets.push(owner.password, owner.entry.secret, ...tokensOf(instance))
  if (secrets.some((secret) => words.includes(secret))) throw new Error(`there is a secret in the history ${name}`)
}

/** Pool tokens of the guests, where they were laid for their workers. */
function tokensOf({ folder }: Instance): string[] {
  const guests = join(folder, 'guests')
  return readdirSync(guests, { recursive: true, encoding: 'utf8' })
    .filter((file) => /tokens\.d\/[^/]+$/.test(file))
    .map((file) => readFileSync(join(guests, file), 'utf8').trim())
}

await main(process.argv.slice(2))
process.exit(0)
