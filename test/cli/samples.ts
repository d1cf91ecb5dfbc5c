import type {
  CleanupPass,
  CloudDetails,
  CloudRow,
  FleetOverview,
  FleetPlanPreview,
  FlavorList,
  ImageRow,
  ImageUse,
  JobDetails,
  JobExplanation,
  JobRow,
  Replication,
  ReplicationStatus,
  Rotation,
  RotationStatus,
  Submission,
  SubmissionPreview,
  SubmissionProgress,
  VmDetails,
  VmRow,
} from '#api/types.ts'

export const job: JobRow = {
  id: '12.0',
  owner: 'alice',
  submission: 'submission/alice/3f2a9c0d',
  state: 'idle',
  vmType: 'astro:catalogue-software-2023-08-21',
  command: 'do_catalogue.bash 1056215p',
  submittedAt: '2025-11-21T07:56:50.000Z',
}

export const heldJob: JobRow = {
  ...job,
  id: '12.1',
  state: 'held',
  holdReason: 'Error from slot1_1@w1: \u001B[2Jno such file',
}

export const jobDetails: JobDetails = {
  ...job,
  directory: '/home/alice/catalogue',
  output: '1056215p.out',
  requestCpus: 1,
  requestMemoryMb: 2000,
  requestDiskKb: 15_000_000,
  keepaliveMinutes: 3,
  starts: 0,
}

export const explanation: JobExplanation = {
  job,
  explanation: 'waits for a worker VM: one is building on east, arbutus is at its core limit',
  group: 'alice|astro:catalogue-software-2023-08-21|c2-7.5gb-31',
  verdicts: [
    { cloud: 'arbutus', verdict: 'QuotaExceeded', reason: '40 of 40 cores are used' },
    { cloud: 'east', verdict: 'boot', reason: '1 VM for 4 idle jobs' },
  ],
  since: '2025-11-21T07:57:00.000Z',
  notes: [],
}

export const vm: VmRow = {
  name: 'canfar-arbutus-3f2a9c0d1e4b5a67',
  cloud: 'arbutus',
  state: 'serving',
  owner: 'alice',
  vmType: 'astro:catalogue-software-2023-08-21',
  image: 'catalogue-software-2023-08-21',
  flavor: 'c2-7.5gb-31',
  age: 3_725_000,
  jobs: { running: 2, started: 5 },
  deadline: '2025-11-28T07:00:00.000Z',
}

export const vmDetails: VmDetails = {
  ...vm,
  serverId: '8d1c4ee0-6a44-4a6e-9a0e-7e1a6a1f1b11',
  address: '10.9.0.7',
  workflowId: vm.name,
  webUrl: `http://127.0.0.1:8233/namespaces/default/workflows/${vm.name}`,
  history: [
    { at: '2025-11-21T06:57:55.000Z', state: 'creating', because: 'fleet booted it for 4 idle jobs' },
    { at: '2025-11-21T06:58:40.000Z', state: 'serving', because: 'joined the pool' },
  ],
}

export const cloud: CloudRow = {
  name: 'arbutus',
  enabled: true,
  reachable: true,
  lastSeen: '2025-11-21T07:59:57.000Z',
  vms: 3,
  booting: 1,
  cores: { used: 12, limit: 40 },
  priority: 10,
}

export const disabledCloud: CloudRow = {
  ...cloud,
  name: 'east',
  enabled: false,
  reason: 'network maintenance',
  by: 'olga',
  since: '2025-11-20T08:00:00.000Z',
  cores: { used: 0, limit: -1 },
}

export const cloudDetails: CloudDetails = {
  ...cloud,
  authUrl: 'https://arbutus.example/identity/v3',
  project: 'canfar-batch',
  network: 'batch',
  ram: { usedMb: 90_000, limitMb: 200_000 },
  instances: { used: 3, limit: 20 },
  credentialEnds: '2026-02-01T08:00:00.000Z',
  rotation: { last: '2025-11-03T08:00:00.000Z', next: '2026-01-02T08:00:00.000Z' },
  breakers: [
    {
      cloud: 'arbutus',
      scope: 'zone nova, flavor c8-60gb-186',
      state: 'open',
      reason: 'NoCapacity',
      until: '2025-11-21T08:05:00.000Z',
    },
  ],
}

export const fleet: FleetOverview = {
  pool: 'canfar',
  clouds: [cloud, disabledCloud],
  demand: [
    {
      group: 'g1',
      owner: 'alice',
      vmType: 'astro:catalogue-software-2023-08-21',
      flavor: 'c2-7.5gb-31',
      idle: 4,
      supply: 1,
      verdicts: explanation.verdicts,
    },
  ],
  vms: [
    { state: 'serving', count: 3 },
    { state: 'building', count: 1 },
  ],
  breakers: [],
  lastPlanAt: '2025-11-21T07:59:55.000Z',
}

export const plan: FleetPlanPreview = {
  boots: [
    {
      cloud: 'east',
      owner: 'alice',
      vmType: 'astro:catalogue-software-2023-08-21',
      flavor: 'c2-7.5gb-31',
      count: 2,
      reason: '4 idle jobs, 2 a VM',
    },
  ],
  retirements: [],
  verdicts: explanation.verdicts.map((verdict) => ({ group: 'g1', ...verdict })),
}

export const flavors: FlavorList = {
  flavors: [
    {
      name: 'c1-3.75gb-15',
      id: '7',
      cloud: 'arbutus',
      cores: 1,
      ramMb: 3840,
      diskGb: 20,
      scratchGb: 0,
      chosen: false,
      refusal: 'cpus 1 of 2; memory 3840 MB of 6144 MB',
    },
    {
      name: 'c2-7.5gb-31',
      id: 'b1c6d3a4-0000-4000-8000-000000000002',
      cloud: 'arbutus',
      cores: 2,
      ramMb: 7680,
      diskGb: 20,
      scratchGb: 31,
      chosen: true,
    },
  ],
  problems: [
    {
      cloud: 'east',
      problem: {
        code: 'ImageUnknown',
        kind: 'not-found',
        message: 'there is no image "catalogue-software-2023-08-21" that you can see',
      },
    },
  ],
}

export const image: ImageRow = {
  name: 'catalogue-software-2023-08-21',
  id: '0b1d7c1e-52c5-4b9f-9f57-8e6a2f6f0a01',
  cloud: 'arbutus',
  project: 'astro',
  status: 'active',
  visibility: 'shared',
  sizeBytes: 2_400_000_000,
  createdAt: '2023-08-21T00:00:00.000Z',
  usable: true,
}

/** A project with which the image is shared. */
export const lensing = {
  cloud: 'arbutus',
  id: image.id,
  project: '4c5e0b6c3d2f4a19b8e7d6c5b4a39281',
  projectName: 'lensing',
}

export const use: ImageUse = {
  submissions: [{ submission: '3f2a9c0d', owner: 'alice', jobs: 4 }],
  vms: ['canfar-arbutus-3f2a9c0d1e4b5a67'],
}

export const submission: Submission = {
  submission: 'submission/alice/3f2a9c0d',
  workflowId: 'submission/alice/3f2a9c0d',
  webUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/submission%2Falice%2F3f2a9c0d',
  state: 'queued',
  alreadyRunning: false,
  clusters: [{ id: 12, jobs: 4 }],
  images: [{ cloud: 'arbutus', id: image.id, name: image.name }],
  flavors: [{ cloud: 'arbutus', id: '3', name: 'c2-7.5gb-31' }],
  copies: [
    {
      cloud: 'east',
      from: 'arbutus',
      name: image.name,
      state: 'copying',
      message: 'copying, 40 %; jobs run there once the image is there',
    },
  ],
  warnings: [],
}

export const preview: SubmissionPreview = {
  rendered: 'Universe = vanilla\n\nExecutable = do_catalogue.bash\nqueue 4\n',
  jobs: 4,
  images: submission.images,
  flavors: submission.flavors,
  copies: [{ cloud: 'east', from: 'arbutus', name: image.name }],
  verdicts: explanation.verdicts,
  warnings: ['no proxy certificate: jobs have no access to VOSpace'],
}

export const progress = (
  state: SubmissionProgress['state'],
  counts: Partial<SubmissionProgress['counts']>,
  rest: Partial<SubmissionProgress> = {},
): SubmissionProgress => ({
  state,
  counts: { idle: 0, running: 0, held: 0, completed: 0, failed: 0, removed: 0, transferring: 0, ...counts },
  clusters: submission.clusters,
  vms: [],
  copies: [],
  message: '',
  at: '2025-11-21T08:00:00.000Z',
  ...rest,
})

export const cleanup: CleanupPass = {
  cloud: 'arbutus',
  at: '2025-11-21T08:00:00.000Z',
  by: 'schedule',
  servers: 14,
  vms: 9,
  foreign: 3,
  frozen: { missing: 7, of: 9 },
  findings: [
    {
      kind: 'adopt',
      vm: 'canfar-arbutus-3f2a9c0d1e4b5a67',
      serverId: '11111111-2222-3333-4444-555555555555',
      because: 'its workflow was ended from outside',
      outcome: 'done',
      note: 'its workflow was started again and has taken the server on',
    },
    {
      kind: 'unproven',
      vm: 'canfar-arbutus-00000000deadbeef',
      serverId: '66666666-2222-3333-4444-555555555555',
      because: 'there is no record of a VM of this name',
    },
  ],
  webUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/cleanup%2Fcanfar%2Farbutus',
}

export const blindCleanup: CleanupPass = {
  cloud: 'east',
  at: '2025-11-21T08:00:00.000Z',
  by: 'ada',
  unknown: 'compute: GET /compute/v2.1/servers/detail answered 503',
  findings: [],
  webUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/cleanup%2Fcanfar%2Feast',
}

export const replication: Replication = {
  workflowId: 'image-replication/9f86d081/east',
  webUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/image-replication%2F9f86d081%2Feast',
  image: image.name,
  id: image.id,
  from: 'arbutus',
  to: 'east',
  alreadyRunning: false,
}

export const copied: ReplicationStatus = {
  state: 'copied',
  percent: 100,
  sizeBytes: 3_221_225_472,
  copy: { id: '7c1d2e3f-0000-4000-8000-000000000001', name: image.name },
  message: 'copied, with the same hash',
}

export const rotation: Rotation = {
  cloud: 'arbutus',
  workflowId: 'credential-rotation/arbutus',
  webUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/credential-rotation%2Farbutus',
  owner: 'the site',
  alreadyRunning: false,
}

export const inGrace: RotationStatus = {
  state: 'grace',
  credential: {
    id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    name: 'canfar-batch-arbutus-2025-11-21-de3ae501',
    ends: '2026-02-19T08:00:00.000Z',
    accessRules: true,
  },
  retires: '2025-11-21T09:00:00.000Z',
  message: 'in use; the older one stays for what began with it',
}

export const rotated: RotationStatus = {
  ...inGrace,
  state: 'rotated',
  deleted: ['canfar-batch-arbutus-2025-09-22-01fe2c0a'],
  message: 'in use; the older one is deleted',
}
