import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { writeConfig } from '#testbed/cloud/seed.ts'
import { Store } from '#testbed/cloud/store.ts'
import {
  ADMIN_TOKEN,
  asker,
  askerWith,
  boot,
  cloudFor,
  idOf,
  imageId,
  seed,
  statusBecomes,
  until,
  newFolder,
} from './fixture.ts'

test('a store gives back what was committed, and ignores a line cut short', () => {
  const path = join(newFolder(), 'state')
  const first = new Store(path)
  const table = first.table<{ n: number }>('t')
  table.put('a', { n: 1 })
  table.put('b', { n: 2 })
  first.commit()
  table.put('a', { n: 3 })
  table.delete('b')
  first.commit()
  table.put('c', { n: 4 }) // never committed
  appendFileSync(path, '[["t","d",{"n":5}')
  const second = new Store(path).table<{ n: number }>('t')
  expect([...second.values()]).toEqual([{ n: 3 }])
  expect(readFileSync(path, 'utf8')).toBe('[["t","a",{"n":3}]]\n')
})

test('a store keeps its journal small', () => {
  const path = join(newFolder(), 'state')
  const store = new Store(path)
  const table = store.table<string>('t')
  for (let n = 0; n < 40; n++) {
    table.put('same', String(n).padStart(1 << 20, 'x'))
    store.commit()
  }
  store.close()
  expect(readFileSync(path).length).toBeLessThan(18 << 20)
  expect(new Store(path).table<string>('t').get('same')).toMatch(/x39$/)
})

test('everything outlives a restart: tokens, servers on their way, faults, timings; the seed is not applied twice', async () => {
  const stateFile = join(newFolder(), 'state')
  const first = await cloudFor({ stateFile, timings: { buildMs: 300 } })
  const ann = await asker(first, 'ann', 'alpha')
  const building = idOf(await boot(ann, { name: 'building', user_data: 'aGFsbG8=' }))
  const gone = idOf(await boot(ann, { name: 'gone' }))
  await ann('DELETE', `compute/servers/${gone}`)
  await ann('DELETE', `image/images/${await imageId(ann, 'secret')}`)
  await first.admin.setTimings({ deleteMs: 11 })
  await first.admin.addFault({ match: { service: 'network' }, effect: { kind: 'status', status: 503 } })
  await first.stop()

  const second = await cloudFor({ stateFile, timings: { buildMs: 300 } })
  const again = askerWith(second, ann.token)
  await statusBecomes(again, building, 'ACTIVE')
  await until(
    () => again('GET', `compute/servers/${gone}`),
    (answer) => answer.status === 404,
  )
  expect((await again('GET', 'image/images?name=secret')).body['images']).toEqual([])
  expect((await again('GET', 'network/ports')).status).toBe(503)
  expect((await second.admin.servers()).map((server) => server.name)).toEqual(['building', 'gone'])
  expect(await second.admin.setTimings({})).toMatchObject({ deleteMs: 11 })
})

test('a process that is killed loses nothing that it had answered', async () => {
  const dir = newFolder()
  const config = join(dir, 'config.json')
  writeConfig(config, {
    name: 'arbutus',
    stateFile: join(dir, 'state'),
    adminToken: ADMIN_TOKEN,
    seed,
    timings: { buildMs: 20 },
  })
  const start = async () => {
    const child = spawn(process.execPath, ['testbed/cloud/main.ts', '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { url } = JSON.parse(line.toString()) as { url: string }
    const admin = new CloudAdmin(`${url}/admin`, ADMIN_TOKEN)
    return {
      child,
      cloud: { url, authUrl: `${url}/identity/v3`, adminUrl: `${url}/admin`, admin, stop: async () => {} },
    }
  }
  const first = await start()
  const ann = await asker(first.cloud, 'ann', 'alpha')
  const answered: string[] = []
  const booting = (async () => {
    for (;;) answered.push(idOf(await boot(ann)))
  })()
  setTimeout(() => first.child.kill('SIGKILL'), 300)
  await expect(booting).rejects.toThrow('fetch failed')
  expect(answered.length).toBeGreaterThan(5)

  const second = await start()
  const known = new Set((await second.cloud.admin.servers()).map((server) => server.id))
  expect(answered.filter((id) => !known.has(id))).toEqual([])
  await until(
    () => second.cloud.admin.servers(),
    (servers) => servers.every((server) => server.status === 'ACTIVE'),
  )
  second.child.kill('SIGTERM')
  const [code] = (await once(second.child, 'exit')) as [number]
  expect(code).toBe(0)
})

test('a configuration that is wrong is named as such', async () => {
  const config = join(newFolder(), 'config.json')
  writeFileSync(config, JSON.stringify({ name: 'arbutus', colour: 'red' }))
  const child = spawn(process.execPath, ['testbed/cloud/main.ts', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(2)
  expect(said).toContain('colour')
})

test('a second cloud on the same address fails before it touches the state of the first', async () => {
  const stateFile = join(newFolder(), 'state')
  const first = await cloudFor({ stateFile })
  const ann = await asker(first, 'ann', 'alpha')
  await expect(cloudFor({ stateFile, listen: first.url.slice('http://'.length) })).rejects.toThrow('EADDRINUSE')
  const id = idOf(await boot(ann))
  await first.stop()
  const again = await cloudFor({ stateFile })
  expect((await again.admin.servers()).map((server) => server.id)).toEqual([id])
})
