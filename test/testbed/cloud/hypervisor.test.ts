import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asker, boot, cloudFor, idOf, newFolder, statusBecomes, until } from './fixture.ts'

const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'))

test('a server has a file from ACTIVE until it is deleted', async () => {
  const hypervisorFolder = newFolder()
  const cloud = await cloudFor({ hypervisorFolder, timings: { buildMs: 400 } })
  const ann = await asker(cloud, 'ann', 'alpha')
  const id = idOf(await boot(ann, { name: 'w1', user_data: 'aGFsbG8=', metadata: { a: 'b' } }))
  const file = join(hypervisorFolder, `${id}.json`)
  expect(existsSync(file)).toBe(false)
  await statusBecomes(ann, id, 'ACTIVE')
  expect(read(file)).toMatchObject({
    id,
    name: 'w1',
    power: 'on',
    image: { name: 'base' },
    flavor: { name: 'c1-1gb-5', vcpus: 1, ramMb: 1024, diskGb: 10, ephemeralGb: 5 },
    address: '10.7.0.10',
    userData: 'aGFsbG8=',
    metadata: { a: 'b' },
    keyName: null,
    cloud: 'arbutus',
  })
  await ann('POST', `compute/servers/${id}/action`, { 'os-stop': null })
  await statusBecomes(ann, id, 'SHUTOFF')
  expect(read(file)).toMatchObject({ power: 'off' })
  await ann('POST', `compute/servers/${id}/action`, { 'os-start': null })
  await statusBecomes(ann, id, 'ACTIVE')
  expect(read(file)).toMatchObject({ power: 'on' })
  await ann('DELETE', `compute/servers/${id}`)
  await until(
    () => ann('GET', `compute/servers/${id}`),
    (answer) => answer.status === 404,
  )
  expect(existsSync(file)).toBe(false)
})

test('a guest that ended by itself is a server in SHUTOFF, until it is started again', async () => {
  const hypervisorFolder = newFolder()
  const cloud = await cloudFor({ hypervisorFolder })
  const ann = await asker(cloud, 'ann', 'alpha')
  const id = idOf(await boot(ann))
  await statusBecomes(ann, id, 'ACTIVE')
  const off = join(hypervisorFolder, `${id}.off`)
  writeFileSync(off, '')
  await statusBecomes(ann, id, 'SHUTOFF')
  expect(read(join(hypervisorFolder, `${id}.json`))).toMatchObject({ power: 'off' })
  await ann('POST', `compute/servers/${id}/action`, { 'os-start': null })
  await statusBecomes(ann, id, 'ACTIVE')
  expect(existsSync(off)).toBe(false)
})

test('what the guest printed is its console', async () => {
  const hypervisorFolder = newFolder()
  const cloud = await cloudFor({ hypervisorFolder })
  const ann = await asker(cloud, 'ann', 'alpha')
  const id = idOf(await boot(ann))
  const output = async (args: object) =>
    (await ann('POST', `compute/servers/${id}/action`, { 'os-getConsoleOutput': args })).body
  expect(await output({})).toEqual({ output: '' })
  writeFileSync(join(hypervisorFolder, `${id}.console`), 'one\ntwo\nthree')
  expect(await output({})).toEqual({ output: 'one\ntwo\nthree' })
  expect(await output({ length: 2 })).toEqual({ output: 'two\nthree' })
})

test('after a restart the folder says what is true: deaths noticed, leftovers of its own removed, others kept', async () => {
  const hypervisorFolder = newFolder()
  const stateFile = join(newFolder(), 'state')
  const first = await cloudFor({ hypervisorFolder, stateFile })
  const ann = await asker(first, 'ann', 'alpha')
  const id = idOf(await boot(ann))
  await statusBecomes(ann, id, 'ACTIVE')
  await first.stop()
  const stray = (cloud: string): string => {
    const path = join(hypervisorFolder, `stray-${cloud}.json`)
    writeFileSync(path, JSON.stringify({ cloud }))
    return path
  }
  const [ours, theirs] = [stray('arbutus'), stray('east')]
  writeFileSync(join(hypervisorFolder, `${id}.off`), '')
  const second = await cloudFor({ hypervisorFolder, stateFile })
  await statusBecomes(await asker(second, 'ann', 'alpha'), id, 'SHUTOFF')
  expect(existsSync(ours)).toBe(false)
  expect(existsSync(theirs)).toBe(true)
})
