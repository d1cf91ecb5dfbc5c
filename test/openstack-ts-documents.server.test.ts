import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { FLAVORS } from '#testbed/cloud/seed.ts'
import { startCloud, type RunningCloud } from '#testbed/cloud/start.ts'

// Every example of openstack-ts' README and documents, run as it stands: in a folder with the clouds.yaml that it names, against a cloud.

const project = join(import.meta.dirname, '..')
const library = join(project, 'packages', 'openstack-ts')
const folder = mkdtempSync(join(tmpdir(), 'openstack-ts-documents-'))

const seed = {
  projects: ['admin', 'science', 'partner'].map((name) => ({ name })),
  users: [
    { name: 'admin', password: 'sesame', roles: { admin: ['admin'] } },
    { name: 'ada', password: 'sesame', roles: { science: ['member'] } },
    { name: 'ben', password: 'sesame', roles: { partner: ['member'] } },
  ],
  images: [{ name: 'debian-13', owner: 'admin', visibility: 'public', minDisk: 3 }],
  flavors: FLAVORS,
  networks: [
    { name: 'private', cidr: '10.9.0.0/24', owner: 'science', shared: false },
    { name: 'outside', cidr: '172.24.4.0/24', external: true, shared: false },
  ],
} satisfies SeedInput

const entry = (url: string, username: string, project_name: string) => ({
  auth: {
    auth_url: url,
    username,
    password: 'sesame',
    project_name,
    user_domain_id: 'default',
    project_domain_id: 'default',
  },
})

/** The header of a qcow2 file of 1 MiB: clouds look at it. */
function emptyDisk(): Buffer {
  const header = Buffer.alloc(512)
  header.write('QFI\u{fb}', 'latin1')
  header.writeUInt32BE(3, 4)
  header.writeBigUInt64BE(1n << 20n, 24)
  return header
}

let cloud: RunningCloud

beforeAll(async () => {
  const timings = { buildMs: 30, deleteMs: 30, actionMs: 20, snapshotMs: 30, volumeMs: 30 }
  cloud = await startCloud({ name: 'arbutus', imageFolder: join(folder, 'images'), placement: true, seed, timings })
  const url = cloud.authUrl
  const clouds = {
    arbutus: entry(url, 'ada', 'science'),
    partner: entry(url, 'ben', 'partner'),
    admin: entry(url, 'admin', 'admin'),
  }
  // What is JSON is YAML as well.
  writeFileSync(join(folder, 'clouds.yaml'), JSON.stringify({ clouds }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(folder, 'catalogue.qcow2'), emptyDisk())
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(async () => {
  await cloud.stop()
  rmSync(folder, { recursive: true, force: true })
})

const examples = ['README.md', ...globSync('docs/*.md', { cwd: library }).toSorted()].flatMap((file) => {
  const blocks = [...readFileSync(join(library, file), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)]
  return blocks.map(([, code = ''], index) => ({ name: `${file}, example ${index + 1}`, code }))
})

test('each service has an example', () => {
  for (const service of ['identity', 'image', 'compute', 'network', 'block-storage', 'placement'])
    expect(examples.map(({ name }) => name)).toContain(`docs/${service}.md, example 1`)
})

test.each(examples)('$name', { timeout: 60_000 }, async ({ name, code }) => {
  const file = `${name.replace(/\W+/g, '-')}.ts`
  writeFileSync(join(folder, file), code)
  const { stderr } = await execa(process.execPath, [file], { cwd: folder })
  expect(stderr).toBe('')
})
