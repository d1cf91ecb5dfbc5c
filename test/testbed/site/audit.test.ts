import { describe, expect, it } from 'vitest'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { audit, type OutputCheck } from '#testbed/site/demo/audit.ts'
import type { Observation, SeenJob } from '#testbed/site/demo/observe.ts'

const server = (name: string, change: Partial<ServerRecord> = {}): ServerRecord => ({
  id: `id of ${name}`,
  name,
  status: 'DELETED',
  project: 'canfar-batch',
  user: 'canfar-batch',
  requestId: 'req-1',
  host: 'host-1',
  flavor: 'c2-7.5gb-31',
  imageId: 'image',
  metadata: {},
  createdAt: 2_000,
  activeAt: 3_000,
  deletedAt: 20_500,
  vanished: false,
  stuck: false,
  ...change,
})

const job = (id: string, change: Partial<SeenJob> = {}): SeenJob => ({
  id,
  status: 4,
  exitCode: 0,
  host: 'slot1_1@vm-a.pool.test',
  ...change,
})

const good: Observation = {
  queue: [],
  history: [job('1.0'), job('1.1', { host: 'slot1_2@vm-b.pool.test' })],
  clouds: [
    { name: 'arbutus', servers: [server('vm-a')], orphanPorts: 0 },
    { name: 'east', servers: [server('vm-b', { createdAt: 2_500, deletedAt: 21_250 })], orphanPorts: 0 },
  ],
  guests: [],
}

const outputs: OutputCheck[] = [{ file: 'a.cat', starsFound: 240, starsPlaced: 240 }]

const judge = (seen: Partial<Observation>, files = outputs): string[] =>
  audit({ ...good, ...seen }, files, { submitted: 1_000, done: 11_000 }, 12.3456, 2).findings

describe('the audit of a run', () => {
  it('finds nothing wrong with a run in which all of it happened', () => {
    expect(audit(good, outputs, { submitted: 1_000, done: 11_000 }, 12.3456, 2)).toEqual({
      findings: [],
      report: {
        jobs: { submitted: 2, completed: 2, failed: 0 },
        outputs,
        vms: { booted: 2, gone: 2, left: 0 },
        clouds: [
          { name: 'arbutus', booted: 1 },
          { name: 'east', booted: 1 },
        ],
        seconds: { setup: 12.346, submitToCreate: 1, submitToDone: 10, doneToGone: 10.25 },
      },
    })
  })

  const cloudsWith = (...servers: ServerRecord[]): Partial<Observation> => ({
    clouds: [{ name: 'arbutus', servers: [server('vm-a'), server('vm-b'), ...servers], orphanPorts: 0 }],
  })

  it.each<[string, Partial<Observation>, RegExp]>([
    ['a job is missing', { history: [job('1.0')] }, /1 jobs were in the queue, not 2/],
    ['a job failed', { history: [job('1.0'), job('1.1', { exitCode: 1 })] }, /job 1\.1 .* exit code 1/],
    ['a job was removed', { history: [job('1.0'), job('1.1', { status: 3 })] }, /job 1\.1 ended with status 3/],
    ['a job still waits', { history: [job('1.0')], queue: [job('1.1', { status: 1 })] }, /1\.1 is still in the queue/],
    [
      'a job ran elsewhere',
      { history: [job('1.0'), job('1.1', { host: 'slot1@laptop' })] },
      /1\.1 ran on slot1@laptop/,
    ],
    ['a VM is left', cloudsWith(server('vm-c', { deletedAt: null, status: 'ACTIVE' })), /server vm-c is still there/],
    ['a VM was made twice', cloudsWith(server('vm-a', { id: 'other' })), /3 servers were made under 2 names/],
    ['a guest outlived its server', { guests: ['vm-a'] }, /guest vm-a still runs/],
    ['no cloud had a part', { clouds: [{ name: 'arbutus', servers: [], orphanPorts: 0 }] }, /no VM was ever active/],
    [
      'a port is left',
      { clouds: good.clouds.map((cloud) => ({ ...cloud, orphanPorts: 1 })) },
      /1 ports are left on east/,
    ],
  ])('sees when %s', (_, seen, finding) => {
    expect(judge(seen).join('\n')).toMatch(finding)
  })

  it('sees when a star or a file is missing', () => {
    expect(judge({}, [{ file: 'a.cat', starsFound: 239, starsPlaced: 240 }])).toEqual([
      'a.cat has 239 of the 240 stars at their place',
    ])
    expect(judge({}, [{ file: 'a.cat', starsFound: 0, starsPlaced: 240, problem: 'no such file' }])).toEqual([
      'a.cat: no such file',
    ])
  })
})
