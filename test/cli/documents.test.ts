import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Api } from '#api/types.ts'
import * as sample from './samples.ts'
import { runCli } from './support.ts'

const api: Partial<Api> = {
  submit: async () => sample.submission,
  previewSubmission: async () => sample.preview,
  listJobs: async () => [sample.job, sample.heldJob],
  showJob: async () => sample.jobDetails,
  whyJob: async () => sample.explanation,
  removeJobs: async (ids) => ids.map((id) => ({ id, ok: true, detail: 'marked for removal' })),
  listVms: async () => [sample.vm],
  showVm: async () => sample.vmDetails,
  retireVm: async (name, reason) => ({ name, state: 'draining', detail: reason }),
  listClouds: async () => [sample.cloud, sample.disabledCloud],
  showCloud: async () => sample.cloudDetails,
  enableCloud: async () => sample.cloud,
  disableCloud: async () => sample.disabledCloud,
  showFleet: async () => sample.fleet,
  planFleet: async () => sample.plan,
  listImages: async () => [sample.image],
  listFlavors: async () => sample.flavors,
  shareImage: async (image) => [
    { ...sample.lensing, image, outcome: 'shared', membership: 'pending' },
    { ...sample.lensing, image, cloud: 'east', outcome: 'open' },
  ],
  unshareImage: async (image) => [{ ...sample.lensing, image, outcome: 'unshared', usedBy: sample.use }],
  replicateImage: async () => sample.replication,
  async *watchReplication() {
    yield sample.copied
  },
  rotateCredential: async () => sample.rotation,
  async *watchRotation() {
    yield sample.inGrace
    yield sample.rotated
  },
  planCleanup: async () => [sample.cleanup, sample.blindCleanup],
  runCleanup: async () => [sample.cleanup],
  listCleanups: async () => [sample.cleanup],
  showConfig: async () => [{ key: 'temporal.address', value: '127.0.0.1:7233', origin: 'default' }],
}

const calls = [
  'submit do_catalogue.sub catalogue c2-7.5gb-31',
  'submit do_catalogue.sub --dry-run',
  'job list',
  'job show 12.0',
  'job why 12.0',
  'job remove 12 13.1 --yes',
  'vm list',
  'vm show canfar-arbutus-3f2a9c0d1e4b5a67',
  'vm retire canfar-arbutus-3f2a9c0d1e4b5a67 --reason disk --yes',
  'cloud list',
  'cloud show arbutus',
  'cloud enable arbutus',
  'cloud disable east --reason maintenance',
  'cloud rotate arbutus',
  'cloud rotate arbutus --os-cloud owner --wait',
  'fleet show',
  'fleet plan',
  'flavor list --for catalogue-software-2023-08-21 --cpus 2 --memory 6G',
  'image list',
  'image share catalogue-software-2023-08-21 lensing',
  'image unshare catalogue-software-2023-08-21 lensing',
  'image replicate catalogue-software-2023-08-21 --to east',
  'image replicate catalogue-software-2023-08-21 --to east --wait',
  'cleanup plan',
  'cleanup run arbutus --accept-loss --yes',
  'cleanup log',
  'config show --origin',
]

test.each(calls)('%s', async (call) => {
  const argv = call.split(' ')
  const json = await runCli([...argv, '-o', 'json'], { api, environment: { FORCE_COLOR: '1' } })
  expect(json).toMatchObject({ code: 0, opened: 1, closed: 1 })
  expect(json.out).toMatchSnapshot('json')
  const document: unknown = JSON.parse(json.out)
  expect(document).toMatchObject({ version: 1, kind: expect.any(String) })

  const yaml = await runCli([...argv, '-o', 'yaml'], { api })
  expect(parse(yaml.out)).toEqual(document)

  const table = await runCli(argv, { api })
  expect(table.out).toMatchSnapshot('table')
  expect(table.err).toMatchSnapshot('stderr')
})

test('global options may stand before the command', async () => {
  const after = await runCli(['vm', 'list', '-o', 'json'], { api })
  expect(await runCli(['-o', 'json', 'vm', 'list'], { api })).toEqual(after)
  expect(await runCli(['vm', 'list', '--output=json'], { api })).toEqual(after)
  expect(await runCli(['vm', '-ojson', 'list'], { api })).toEqual(after)
})

test('a list without items is an empty list for programs, a sentence on stderr for people', async () => {
  const empty: Partial<Api> = { listVms: async () => [], listJobs: async () => [] }
  expect(JSON.parse((await runCli(['vm', 'list', '-o', 'json'], { api: empty })).out)).toEqual({
    version: 1,
    kind: 'VmList',
    items: [],
  })
  const people = await runCli(['job', 'list'], { api: empty })
  expect(people).toMatchObject({ code: 0, out: '' })
  expect(people.err).toMatch(/^No job of yours waits or runs\./)
})
