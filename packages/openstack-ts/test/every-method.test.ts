import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import {
  isAborted,
  type OpenStack,
  Secret,
  waitFor,
  waitForImageActive,
  waitForServer,
  waitForServerGone,
  waitForVolume,
  waitForVolumeGone,
  type CallOptions,
} from '../src/index.ts'
import { withVolumes } from './block-storage/with-volumes.ts'
import { failureOf } from './failure.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

type Method = (...values: readonly unknown[]) => unknown

const SERVICES = ['identity', 'image', 'compute', 'network', 'blockStorage', 'placement'] as const

/** What a method takes before its options, by the name of the parameter; what has a default is left to it. */
const VALUES: Readonly<Record<string, unknown>> = {
  data: Readable.from([Buffer.from('data')]),
  key: new Secret('k'),
  token: new Secret('t'),
  span: { start: new Date(0) },
  to: { subnetId: 'x', userId: 'x', projectId: 'x' },
  tags: ['x'],
  changes: [],
  resource: 'ports',
  wish: { resources: { VCPU: 1 } },
  backup: {},
  create: { policy: 'affinity' },
}
const OBJECTS = new Set(['change', 'attach', 'count', 'upload', 'metadata', 'extraSpecs', 'from'])

/** Methods that ask a cloud for nothing. */
const SILENT = new Set(['service', 'close'])

/** What a token and a version document have told already: nothing is asked for it again. */
const KNOWN = /^client\.|\.(microversion|whoami|catalog)$/

/** A function's parameters by their names, those with a default marked by `=`. */
function parametersOf(method: Method): string[] {
  const [, list = ''] = /^[^(]*\(((?:[^()]|\([^()]*\))*)\)/s.exec(method.toString()) ?? []
  let depth = 0
  let parameter = ''
  const found: string[] = []
  for (const character of `${list},`) {
    depth += '{[('.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0
    if (character === ',' && depth === 0) {
      if (parameter.trim() !== '') found.push(parameter.trim())
      parameter = ''
    } else parameter += character
  }
  return found.map((one) => one.replace(/^(\w+|\{.*?\})\s*=.*$/s, '$1=').replace(/^(\w+)$/, '$1'))
}

function valueFor(parameter: string): unknown {
  if (parameter.endsWith('=')) return undefined
  if (parameter.startsWith('{') || OBJECTS.has(parameter)) return {}
  return parameter in VALUES ? VALUES[parameter] : 'x'
}

function methodsOf(target: object): [name: string, method: Method][] {
  const prototype: object = Object.getPrototypeOf(target)
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' ? [[name, (value as Method).bind(target)]] : [],
  )
}

/** Every public method of the client and its services, as `compute.servers.list`, with its parameters. */
function everyMethod(client: OpenStack): { name: string; method: Method; parameters: string[] }[] {
  const targets: [string, object][] = [['client', client]]
  for (const service of SERVICES) {
    targets.push([service, client[service]])
    for (const [name, resource] of Object.entries(client[service])) {
      if (typeof resource === 'object' && name !== 'client') targets.push([`${service}.${name}`, resource as object])
    }
  }
  return targets.flatMap(([path, target]) =>
    methodsOf(target)
      .filter(([name]) => !SILENT.has(name))
      .map(([name, method]) => {
        const parameters = parametersOf((Object.getPrototypeOf(target) as Record<string, Method>)[name] ?? method)
        return { name: `${path}.${name}`, method, parameters }
      }),
  )
}

function begin(method: Method, parameters: readonly string[], options: CallOptions): Promise<unknown> {
  const started = method(...parameters.slice(0, -1).map(valueFor), options)
  return typeof started === 'object' && started !== null && 'next' in started
    ? (started as AsyncIterator<unknown>).next()
    : Promise.resolve(started)
}

test('every method takes options last', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const methods = everyMethod(client)
  expect(methods.length).toBeGreaterThan(200)
  expect(methods.filter(({ parameters }) => !/^options=?$/.test(parameters.at(-1) ?? ''))).toEqual([])
})

test('every method is aborted by its signal: before it begins, and while the cloud is silent', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect({ computeMicroversion: { wanted: '2.91' } })
  cloud.otherwise = { silent: true }
  await Promise.all([
    client.compute.microversion(),
    client.placement.microversion(),
    client.blockStorage.microversion(),
  ])
  for (const { name, method, parameters } of everyMethod(client)) {
    const before = cloud.seen.length
    const early = await failureOf(begin(method, parameters, { signal: AbortSignal.abort('no') }))
    expect([name, isAborted(early), (early as Error).cause]).toEqual([name, true, 'no'])
    expect(cloud.seen.length, `${name} asked although it was aborted`).toBe(before)

    if (KNOWN.test(name)) continue
    const controller = new AbortController()
    const call = failureOf(begin(method, parameters, { signal: controller.signal }))
    const first = await Promise.race([call, new Promise((resolve) => cloud.onceSeen(resolve))])
    if (first instanceof Error) throw new Error(`${name} failed before it was aborted`, { cause: first })
    controller.abort('enough')
    const late = await call
    expect([name, isAborted(late), (late as Error).cause]).toEqual([name, true, 'enough'])
  }
})

test('every wait is aborted by its signal', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  cloud.otherwise = { silent: true }
  const { servers } = client.compute
  const { volumes } = client.blockStorage
  const look = (): Promise<{ state: string }> => Promise.resolve({ state: 'not yet' })
  const waits: ((options: { signal: AbortSignal; deadlineMs: number }) => Promise<unknown>)[] = [
    (options) => waitFor('compute', 'nothing', look, options),
    (options) => waitForImageActive(client.image.images, 'x', options),
    (options) => waitForServer(servers, 'x', 'ACTIVE', options),
    (options) => waitForServerGone(servers, 'x', options),
    (options) => waitForVolume(volumes, 'x', 'available', options),
    (options) => waitForVolumeGone(volumes, 'x', options),
  ]
  for (const wait of waits) {
    const controller = new AbortController()
    const waiting = failureOf(wait({ signal: controller.signal, deadlineMs: 600_000 }))
    controller.abort('enough')
    expect(isAborted(await waiting)).toBe(true)
  }
})

test('every class of resources names the API reference that it is made from', () => {
  const folder = join(import.meta.dirname, '..', 'src')
  const services = 'identity,image,compute,network,block-storage,placement'
  const classes = globSync(`{${services}}/*.ts`, { cwd: folder }).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return [...text.matchAll(/(\/\*\*(?:(?!\*\/).)*\*\/\n)?export class (\w+)/gs)]
  })
  expect(classes.length).toBeGreaterThan(50)
  const unnamed = classes.filter(([, doc = '']) => !doc.includes('https://docs.openstack.org/api-ref/'))
  expect(unnamed.map(([, , name]) => name)).toEqual([])
})
