import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloudConfigFromEntry, OpenStack, type RequestEvent } from 'openstack-ts'
import { expect, test } from 'vitest'
import { neededAccessRules } from '#domain/cloud-check/access-rules.ts'
import { CALLS } from './calls.ts'
import { PRODUCT_CALLS } from './product-calls.ts'
import { simulatedWorld } from './simulated.ts'
import type { World } from './world.ts'

/** Shrinks to nothing as the matrix grows. */
const TO_COME: readonly string[] = [
  'block-storage DELETE /volumes/x',
  'block-storage GET /',
  'block-storage GET /limits',
  'block-storage GET /types',
  'block-storage GET /volumes/detail',
  'block-storage GET /volumes/x',
  'block-storage POST /volumes/x/action',
  'compute GET /os-server-groups',
  'identity GET /auth/projects',
  'identity DELETE /users/x/application_credentials/x',
  'identity GET /users/x/application_credentials',
  'identity GET /users/x/application_credentials/x',
  'identity POST /users/x/application_credentials',
  'identity POST /auth/tokens',
  'network DELETE /floatingips/x',
  'network DELETE /ports/x',
  'network GET /floatingips',
  'network GET /networks',
  'network GET /ports',
  'network GET /quotas/x/details.json',
  'network GET /security-groups',
]

/** An action's name follows its path; requests and rules do not show it. */
const matrix = new Set(CALLS.map(({ name }) => name.split(' ').slice(0, 3).join(' ')))
const lacking = (calls: Iterable<string>): string[] =>
  [...new Set(calls)].filter((call) => !matrix.has(call) && !TO_COME.includes(call)).toSorted()

const SRC = join(import.meta.dirname, '../../../src')

test('the matrix has every call that the rules of the site’s credential allow', () => {
  const rules = neededAccessRules(true).map(({ service, method, path }) => {
    return `${service} ${method} ${path.replace('/**', '').replaceAll('*', 'x')}`
  })
  expect(lacking(rules)).toEqual([])
})

test('every method of the package that the sources use is known', async () => {
  const cloud = OpenStack.connect(config('http://127.0.0.1:1/v3'))
  const used = globSync('**/*.ts', { cwd: SRC })
    .filter((file) => !file.startsWith('domain/') && !file.startsWith('htcondor/'))
    .flatMap((file) => [...readFileSync(join(SRC, file), 'utf8').matchAll(/\b(\w+)\??\.(\w+)\(/g)])
    .map(([, resource = '', method = '']) => ({ resource, method }))
    .filter(({ resource, method }) => isOfPackage(cloud, resource, method))
    .map(({ resource, method }) => `${resource}.${method}`)
  expect([...new Set(used)].toSorted()).toEqual(Object.keys(PRODUCT_CALLS).toSorted())
})

test('the matrix has every request that these methods make', async () => {
  const world = await simulatedWorld()
  try {
    const requests: RequestEvent[] = []
    const hooks = { onRequest: (event: RequestEvent) => void requests.push(event) }
    await using cloud = OpenStack.connect(config(world.urls.identity ?? ''), { hooks, retry: { retries: 0 } })
    const ids = [await cloud.projectId(), await cloud.userId()]
    for (const use of Object.values(PRODUCT_CALLS)) await Promise.resolve(use(cloud)).catch(() => undefined)
    expect(lacking([...requests.map((request) => callOf(world, request, ids)), 'image PUT /images/x/file'])).toEqual([])
  } finally {
    await world.stop()
  }
})

const config = (authUrl: string) =>
  cloudConfigFromEntry('contract', {
    auth: {
      auth_url: authUrl,
      username: 'ann',
      password: 'ann-pw',
      user_domain_name: 'Default',
      project_name: 'alpha',
      project_domain_name: 'Default',
    },
    region_name: 'RegionOne',
  })

/** `servers.create`, `compute.microversion`; resources of a service are found under their own names in each. */
function isOfPackage(cloud: OpenStack, resource: string, method: string): boolean {
  const services = [cloud.identity, cloud.image, cloud.compute, cloud.network, cloud.blockStorage, cloud.placement]
  const holders: unknown[] = [cloud, ...services]
  return holders
    .flatMap((holder) => (isObject(holder) && resource in holder ? [Reflect.get(holder, resource)] : []))
    .some((found) => isObject(found) && typeof Reflect.get(found, method) === 'function')
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function callOf(world: World, { service, method, url }: RequestEvent, ids: readonly string[]): string {
  const base = new URL(Object.entries(world.urls).find(([name]) => name === service)?.[1] ?? '').pathname
  const path = new URL(url).pathname.slice(base.length).replace(/\/$/, '') || '/'
  // Cinder has the project in its address
  const parts = path.split('/').filter((part, n) => service !== 'block-storage' || n !== 1 || !ids.includes(part))
  return `${service} ${method} ${parts.map((part) => (ids.includes(part) ? 'x' : part)).join('/') || '/'}`
}
