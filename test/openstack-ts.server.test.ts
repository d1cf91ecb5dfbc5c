import { globSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { siteSeed } from '#testbed/cloud/seed.ts'
import { startCloud, type RunningCloud } from '#testbed/cloud/start.ts'
import { installTarball } from './install-tarball.ts'

// The package as a project elsewhere has it: packed, installed into an empty folder from the tarball, type-checked and run.

const project = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'openstack-ts-'))
const [dist, home] = [join(scratch, 'dist'), join(scratch, 'home')]
const installed = join(home, 'node_modules', 'openstack-ts')

const tsc = join(project, 'node_modules', '.bin', 'tsc')
const strict = {
  module: 'nodenext',
  target: 'esnext',
  strict: true,
  exactOptionalPropertyTypes: true,
  // of the declarations that we ship, each is looked at
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [join(project, 'node_modules', '@types')],
}

beforeAll(async () => {
  mkdirSync(home)
  await execa(join(project, 'packages', 'openstack-ts', 'script', 'pack'), [dist])
  await installTarball(dist, home)
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('it is a package that can be published', () => {
  const here = JSON.parse(readFileSync(join(project, 'packages/openstack-ts/package.json'), 'utf8')) as {
    version: string
    dependencies: Record<string, string>
  }
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { exports: object }
  expect(manifest).not.toHaveProperty('private')
  expect(manifest).toMatchObject({
    name: 'openstack-ts',
    version: here.version,
    license: 'Apache-2.0',
    type: 'module',
    engines: { node: '>=24' },
    files: ['lib', 'docs'],
    exports: { '.': { types: './lib/index.d.ts', default: './lib/index.js' } },
    dependencies: Object.fromEntries(Object.entries(here.dependencies).map(([name, version]) => [name, `^${version}`])),
  })
  const files = globSync('**', { cwd: installed, withFileTypes: true }).filter((file) => file.isFile())
  const kinds = new Set(
    files.map(({ name }) => (name.endsWith('.d.ts') ? '.d.ts' : name.replace(/^[^A-Z]*(?=\.(js|md)$)/, ''))),
  )
  expect([...kinds].toSorted()).toEqual(['.d.ts', '.js', '.md', 'LICENSE', 'README.md', 'package.json'])
})

test('no import names a source file', () => {
  const files = globSync('lib/**/*.{js,ts}', { cwd: installed })
  const imports = files.flatMap((file) => {
    const text = readFileSync(join(installed, file), 'utf8')
    return [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, from]) => from ?? '')
  })
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.filter((from) => !from.endsWith('.js'))).toEqual([])
})

/** Boots a server, as a person who has read the README would. */
const boot = (ram: string): string => `
import { cloudConfigFromEntry, collect, isNotFound, OpenStack, waitForImageActive, waitForServer, waitForServerGone } from 'openstack-ts'
import type { Server } from 'openstack-ts'
const auth = JSON.parse(process.argv[2] ?? '') as Record<string, string>
await using cloud = OpenStack.connect(cloudConfigFromEntry('arbutus', { auth }))
const { servers, flavors } = cloud.compute
const [flavor] = await collect(flavors.list())
const { images } = cloud.image
const image = await images.create({ name: 'debian-13', diskFormat: 'raw' })
await images.upload(image.id, new TextEncoder().encode('what a disk holds'))
await waitForImageActive(images, image.id, { deadlineMs: 60_000, intervalMs: 100 })
const [network] = await collect(cloud.network.networks.list())
if (flavor === undefined || network === undefined) throw new Error('nothing to boot')
const networks = [{ networkId: network.id }]
const { id } = await servers.create({ name: 'worker-1', imageId: image.id, flavorId: flavor.id, networks })
const server: Server = await waitForServer(servers, id, 'ACTIVE', { deadlineMs: 60_000, intervalMs: 100 })
console.log(server.name, server.status, flavor.${ram})
await servers.delete(id)
await waitForServerGone(servers, id, { deadlineMs: 60_000, intervalMs: 100 })
console.log(await servers.show(id).then(() => 'still there', (error: unknown) => (isNotFound(error) ? 'gone' : error)))
`

test('a project elsewhere type-checks with its types, and a mistake does not', async () => {
  writeFileSync(join(home, 'right.ts'), boot('ramMb'))
  writeFileSync(join(home, 'wrong.ts'), boot('ram'))
  const compilerOptions = { ...strict, outDir: 'built' }
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const { stdout } = await execa(tsc, ['-p', '.', '--pretty', 'false'], { cwd: home, reject: false })
  expect(stdout.split('\n')).toEqual([expect.stringMatching(/^wrong\.ts\(\d+,.*TS2339: Property 'ram' does not exist/)])
})

test('what its README shows type-checks too', async () => {
  const folder = join(home, 'readme')
  mkdirSync(folder)
  const readme = readFileSync(join(installed, 'README.md'), 'utf8')
  const shown = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '')
  expect(shown.length).toBeGreaterThan(5)
  for (const [index, code] of shown.entries()) writeFileSync(join(folder, `${index}.ts`), code)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...strict, noEmit: true } }))
  const { stdout } = await execa(tsc, ['-p', '.', '--pretty', 'false'], { cwd: folder, reject: false })
  expect(stdout).toBe('')
})

test('and boots a server with plain node', async () => {
  const cloud = await simulator()
  try {
    const auth = {
      auth_url: cloud.authUrl,
      username: 'batch',
      password: 'batch',
      project_name: 'canfar-batch',
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    }
    const { stdout } = await execa(process.execPath, ['built/right.js', JSON.stringify(auth)], { cwd: home })
    expect(stdout).toMatch(/^worker-1 ACTIVE \d+\ngone$/)
  } finally {
    await cloud.stop()
  }
})

function simulator(): Promise<RunningCloud> {
  return startCloud({
    name: 'arbutus',
    listen: '127.0.0.1:0',
    stateFile: null,
    hypervisorFolder: null,
    imageFolder: null,
    seed: siteSeed({
      network: { cidr: '10.9.0.0/24' },
      admin: { name: 'admin', password: 'admin' },
      batch: { project: 'canfar-batch', user: 'batch', password: 'batch' },
      users: [],
      images: [],
    }),
  })
}
