import { expect, test } from 'vitest'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { audit } from './audit.ts'
import type { Books, CloudBook, WorkflowBook } from './books.ts'

const server = (name: string, change: Partial<ServerRecord> = {}): ServerRecord => ({
  id: `id-of-${name}`,
  name,
  status: 'DELETED',
  project: 'canfar-batch',
  user: 'canfar-batch',
  requestId: 'req-1',
  host: 'host-1',
  flavor: 'c2-7.5gb-31',
  imageId: 'image',
  metadata: {},
  createdAt: 1000,
  activeAt: 2000,
  deletedAt: 60_000,
  vanished: false,
  stuck: false,
  ...change,
})

const workflow = (id: string, change: Partial<WorkflowBook> = {}): WorkflowBook => ({
  id,
  runId: 'run',
  type: 'vmLifecycle',
  status: 'COMPLETED',
  reason: 'Idle',
  closedAt: 61_000,
  events: 40,
  attempt: 0,
  failing: [],
  failedTasks: [],
  ...change,
})

const cloud = (change: Partial<CloudBook> = {}): CloudBook => ({
  name: 'arbutus',
  caps: { vms: 2, cores: 4 },
  servers: [
    server('vm-a'),
    server('vm-b', { createdAt: 1500 }),
    server('database', { status: 'ACTIVE', deletedAt: null }),
  ],
  inventory: { ports: [], floatingIps: [], volumes: [], images: [] },
  requests: [],
  ...change,
})

const job = { id: '1.0', submission: 's', file: 'a.sub', left: true, status: 4, exitCode: 0, starts: 1 }

/** One job that a startd's end sent from one VM to another, and a foreign server beside them. */
const good: Books = {
  clouds: [cloud()],
  planted: [{ cloud: 'arbutus', id: 'id-of-database', name: 'database', metadata: {} }],
  jobs: [job],
  events: [
    { kind: 1, job: '1.0', at: 10_000, vm: 'vm-a' },
    { kind: 1, job: '1.0', at: 30_000, vm: 'vm-b' },
    { kind: 5, job: '1.0', at: 40_000 },
  ],
  runs: [
    { job: '1.0', vm: 'vm-a', began: 10_000, ended: undefined },
    { job: '1.0', vm: 'vm-b', began: 30_000, ended: 40_000 },
  ],
  outputs: new Map([['1.0', 'done 1.0\n']]),
  workflows: [
    workflow('vm-a', { reason: 'SelfShutdown' }),
    workflow('vm-b'),
    workflow('fleet/canfar', { type: 'fleet', status: 'RUNNING' }),
  ],
  guests: ['database'],
  secrets: [],
  journal: [{ at: 20_000, what: 'fault', kind: 'startd killed', target: 'vm/vm-a' }],
  entered: [{ file: 'a.sub', jobs: 1, submission: 's', clusters: [1] }],
  unquiet: [],
}

test('good books have no breach', () => {
  expect(audit(good)).toEqual([])
})

const at = (books: Partial<Books>): Books => ({ ...good, ...books })
const servers = (...more: ServerRecord[]): Books => at({ clouds: [cloud({ servers: [...cloud().servers, ...more] })] })
const jobs = (change: Partial<typeof job>): Books => at({ jobs: [{ ...job, ...change }] })
const oneWorkflow = (id: string, change: Partial<WorkflowBook>): Books =>
  at({ workflows: good.workflows.map((one) => (one.id === id ? { ...one, ...change } : one)) })

/** vm-a arrived after it had been given up; then vm-b was booted. */
function lateFirst(createdAt: number): Books {
  const late = [server('vm-a', { createdAt: 1000 }), server('vm-b', { createdAt }), ...cloud().servers.slice(2)]
  const workflows = good.workflows.map((one) => (one.id === 'vm-a' ? { ...one, closedAt: 500 } : one))
  return at({ clouds: [cloud({ caps: { vms: 1 }, servers: late })], workflows })
}

test('a cap exceeded by a boot before a server that came late could be seen is no breach', () => {
  expect(audit(lateFirst(2000)).filter((breach) => breach.includes('cap'))).toEqual([])
})

test.each<[what: string, books: Books, breach: RegExp]>([
  ['not quiet', at({ unquiet: ['job 1.0'] }), /not quiet in time: job 1\.0/],
  ['a server left', servers(server('vm-b', { createdAt: 70_000, deletedAt: null })), /vm-b is left/],
  ['a server made twice', servers(server('vm-b', { id: 'x', createdAt: 70_000 })), /2 servers were made for vm-b/],
  ['a server of nobody', servers(server('vm-c', { createdAt: 70_000 })), /nobody meant to boot vm-c/],
  [
    'a run on no server',
    at({ runs: [...good.runs, { job: '1.0', vm: 'vm-x', began: 50_000, ended: undefined }] }),
    /job 1\.0 ran on vm-x/,
  ],
  ['a guest left', at({ guests: ['database', 'vm-a'] }), /guest vm-a is left/],
  [
    'a port left',
    at({
      clouds: [
        cloud({
          inventory: {
            ports: [{ id: 'p', deviceId: 'd', project: '', addresses: [], orphan: true }],
            floatingIps: [],
            volumes: [],
            images: [],
          },
        }),
      ],
    }),
    /port p is left/,
  ],
  [
    'a foreign server deleted',
    at({ clouds: [cloud({ servers: [server('vm-a'), server('vm-b'), server('database')] })] }),
    /foreign server database is not as it was/,
  ],
  [
    'a foreign server asked for its deletion in vain',
    at({
      clouds: [
        cloud({
          requests: [
            {
              n: 1,
              at: 1,
              requestId: '',
              globalRequestId: null,
              service: 'compute',
              method: 'DELETE',
              path: '/compute/v2.1/servers/id-of-database',
              status: 409,
              ms: 1,
              user: null,
              project: null,
              fault: null,
            },
          ],
        }),
      ],
    }),
    /foreign server database was asked/,
  ],
  ['a cap exceeded', at({ clouds: [cloud({ caps: { vms: 1 } })] }), /over its cap with vm-b: 2 VMs of 1/],
  ['a cap exceeded by a boot long after a server came late', lateFirst(20_000), /over its cap with vm-b/],
  ['cores exceeded', at({ clouds: [cloud({ caps: { cores: 2 } })] }), /4 cores of 2/],
  ['a job lost', at({ jobs: [], events: [], runs: [] }), /no job of a\.sub/],
  ['a job too many', at({ jobs: [job, { ...job, id: '1.1', status: 3 }] }), /a\.sub \(s\) has 2 jobs, not 1/],
  ['a submission twice', at({ jobs: [job, { ...job, id: '2.0', submission: 't' }] }), /submitted 2 times/],
  ['a job in the queue', jobs({ left: false, status: 5 }), /job 1\.0 is in the queue, status 5/],
  ['a job that failed', jobs({ exitCode: 1 }), /job 1\.0 ended with 1/],
  ['a job removed by nobody', jobs({ status: 3 }), /job 1\.0 left with status 3/],
  [
    'a job completed twice',
    at({ events: [...good.events, { kind: 5, job: '1.0', at: 50_000 }] }),
    /job 1\.0 completed 2 times/,
  ],
  ['an output lost', at({ outputs: new Map() }), /the output of job 1\.0 is undefined/],
  ['no run that ended', at({ runs: good.runs.slice(0, 1) }), /no run of it ended/],
  [
    'a job that ran twice at once',
    at({ runs: [{ job: '1.0', vm: 'vm-a', began: 10_000, ended: 35_000 }, ...good.runs.slice(1)] }),
    /ran on vm-a until .* and on vm-b at the same time/,
  ],
  ['a running job killed', at({ journal: [] }), /job 1\.0, put on vm-a .* was started again/],
  [
    'a running job killed, and a fault of another VM',
    at({ journal: [{ at: 20_000, what: 'fault', kind: 'startd killed', target: 'vm/vm-b' }] }),
    /job 1\.0, put on vm-a .* was started again/,
  ],
  [
    'a running job killed, and a fault that kills none',
    at({ journal: [{ at: 20_000, what: 'fault', kind: 'collector killed', target: 'collector' }] }),
    /job 1\.0, put on vm-a .* was started again/,
  ],
  ['a VM without an end', oneWorkflow('vm-b', { status: 'RUNNING' }), /workflow vm-b still runs/],
  ['a task that fails for ever', oneWorkflow('fleet/canfar', { attempt: 7 }), /fleet\/canfar has been tried 7 times/],
  ['a task that failed once', oneWorkflow('vm-b', { failedTasks: ['24 oh'] }), /workflow task of vm-b failed: 24 oh/],
  ['an activity that fails', oneWorkflow('fleet/canfar', { failing: ['planPass 9 times: no'] }), /planPass 9 times/],
  ['a VM that failed', oneWorkflow('vm-b', { status: 'FAILED' }), /vm-b ended: FAILED/],
  ['an end without a name', oneWorkflow('vm-b', { reason: 'Because' }), /vm-b ended: COMPLETED Because/],
  ['a misjudged end', oneWorkflow('vm-b', { reason: 'Vanished' }), /vm-b claims Vanished/],
  ['a secret', at({ secrets: [{ secret: 'a token', place: 'a log' }] }), /a token is in a log/],
])('%s is a breach', (_, books, breach) => {
  expect(audit(books).join('\n')).toMatch(breach)
})
