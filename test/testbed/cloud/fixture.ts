import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CloudConfigInput, SeedInput } from '#testbed/cloud/config.ts'
import { startCloud, type RunningCloud } from '#testbed/cloud/start.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-test'

export const seed = {
  projects: [{ name: 'admin' }, { name: 'alpha' }, { name: 'beta' }],
  users: [
    { name: 'root', password: 'root-pw', roles: { admin: ['admin'] } },
    { name: 'ann', password: 'ann-pw', roles: { alpha: ['member'] } },
    { name: 'bob', password: 'bob-pw', roles: { beta: ['member'] } },
    { name: 'eve', password: 'eve-pw', roles: { alpha: ['reader'] } },
  ],
  images: [
    { name: 'base', owner: 'alpha', visibility: 'public', minDisk: 5, minRam: 512 },
    { name: 'secret', owner: 'alpha', visibility: 'private' },
  ],
  flavors: [
    { id: 'small', name: 'c1-1gb-5', vcpus: 1, ramMb: 1024, diskGb: 10, ephemeralGb: 5 },
    { id: 'big', name: 'c4-8gb-50', vcpus: 4, ramMb: 8192, diskGb: 20, ephemeralGb: 50 },
    { id: 'tiny', name: 'tiny', vcpus: 1, ramMb: 64, diskGb: 1 },
    { id: 'diskless', name: 'v1-1gb', vcpus: 1, ramMb: 1024, diskGb: 0 },
    { id: 'huge', name: 'huge', vcpus: 100_000, ramMb: 1024, diskGb: 10 },
    { id: 'betas', name: 'gpu', vcpus: 1, ramMb: 1024, diskGb: 10, onlyFor: ['beta'] },
  ],
  networks: [
    { name: 'private', cidr: '10.7.0.0/24', pool: ['10.7.0.10', '10.7.0.250'] },
    { name: 'outside', cidr: '172.24.4.0/24', external: true, shared: false },
  ],
  quotas: { alpha: { compute: { instances: 400, cores: 4000, ram: -1 } } },
} satisfies SeedInput

const quick = { buildMs: 30, deleteMs: 30, actionMs: 20, snapshotMs: 30, volumeMs: 30 }

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A cloud that ends with the test. */
export async function cloudFor(config: Partial<CloudConfigInput> = {}): Promise<RunningCloud> {
  const cloud = await startCloud({
    name: 'arbutus',
    adminToken: ADMIN_TOKEN,
    seed,
    ...config,
    timings: { ...quick, ...config.timings },
  })
  let stopped: Promise<void> | null = null
  const stop = (): Promise<void> => (stopped ??= cloud.stop())
  onTestFinished(stop)
  return { ...cloud, stop }
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

/** The text at a place in the body. */
export function field(answer: Answer, ...path: (string | number)[]): string {
  let value: unknown = answer.body
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  if (typeof value !== 'string') throw new Error(`${answer.status} ${answer.text} has no ${path.join('.')}`)
  return value
}

/** A list in the body. */
export function rows(answer: Answer, key: string): { id: string; name: string }[] {
  const list = answer.body[key]
  if (!Array.isArray(list)) throw new Error(`${answer.status} ${answer.text} has no list ${key}`)
  return list
}

export const namesIn = (answer: Answer, key: string): string[] => rows(answer, key).map((row) => row.name)

const PATHS = {
  identity: '/identity/v3',
  image: '/image/v2',
  compute: '/compute/v2.1',
  network: '/network/v2.0',
  volume: '/volume/v3',
}

export interface Asker {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  token: string
  url: string
}

async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json') === true && text !== ''
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} }
}

export const passwordAuth = (user: string, password: string, project?: string) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: user, domain: { id: 'default' }, password } } },
    ...(project !== undefined && { scope: { project: { name: project, domain: { id: 'default' } } } }),
  },
})

export const authenticate = (cloud: RunningCloud, body: unknown): Promise<Answer> =>
  send(`${cloud.authUrl}/auth/tokens`, 'POST', body, {})

/** Asks with a token; a path starts with its service: `compute/servers`. Nova is asked at 2.90 unless told otherwise. */
export function askerWith(cloud: RunningCloud, token: string): Asker {
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const [service = '', ...rest] = path.split('/')
    const base = PATHS[service as keyof typeof PATHS]
    const version = service === 'compute' ? { 'OpenStack-API-Version': 'compute 2.90' } : {}
    return send(`${cloud.url}${base}/${rest.join('/')}`, method, body, {
      'X-Auth-Token': token,
      ...version,
      ...headers,
    })
  }
  return Object.assign(ask, { token, url: cloud.url })
}

export async function asker(cloud: RunningCloud, user: string, project: string): Promise<Asker> {
  const answer = await authenticate(cloud, passwordAuth(user, `${user}-pw`, project))
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
  return askerWith(cloud, answer.headers.get('x-subject-token') ?? '')
}

export const imageId = async (ask: Asker, name: string): Promise<string> =>
  field(await ask('GET', `image/images?name=${name}`), 'images', 0, 'id')

/** A create that is good unless told otherwise. */
export async function boot(ask: Asker, change: Record<string, unknown> = {}, headers = {}): Promise<Answer> {
  const base = { name: 'vm', imageRef: await imageId(ask, 'base'), flavorRef: 'small', networks: 'auto' }
  return ask('POST', 'compute/servers', { server: { ...base, ...change } }, headers)
}

export const idOf = (answer: Answer): string => field(answer, 'server', 'id')

/** The project that the asker's token is for. */
export const projectId = async (ask: Asker): Promise<string> =>
  field(await ask('GET', 'identity/auth/tokens', undefined, { 'X-Subject-Token': ask.token }), 'token', 'project', 'id')

/** Asks again until the answer is right. */
export async function until<T>(what: () => Promise<T>, right: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + 5000; ;) {
    const value = await what()
    if (right(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}

export const statusBecomes = (ask: Asker, id: string, status: string): Promise<Answer> =>
  until(
    () => ask('GET', `compute/servers/${id}`),
    ({ body: { server } }) =>
      typeof server === 'object' &&
      server !== null &&
      Reflect.get(server, 'status') === status &&
      Reflect.get(server, 'OS-EXT-STS:task_state') === null,
  )
