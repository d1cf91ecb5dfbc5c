import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Staging } from '#activities/replication/staging.ts'

const never = new AbortController().signal
const copy = { hash: { value: 'ab12' }, to: { cloud: 'east' } }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'staging-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('is empty at first, goes on where it is told to, and leaves nothing', async () => {
  const staging = Staging.of(folder, copy)
  expect(await staging.bytes()).toBe(0)
  const file = await staging.openAt(0, 10)
  await file.appendFile('0123456789')
  await file.close()
  const again = await Staging.of(folder, copy).openAt(4, 8)
  await again.appendFile('abcd')
  await again.close()
  expect(await staging.bytes()).toBe(8)
  expect(await staging.hash('sha512', never)).toBe(createHash('sha512').update('0123abcd').digest('hex'))
  expect((await stat(staging.path)).mode & 0o077).toBe(0)
  expect((await stat(staging.folder)).mode & 0o077).toBe(0)
  await staging.remove()
  await staging.remove()
  expect(await readdir(staging.folder)).toEqual([])
})

test('each copy has a file of its own', () => {
  const path = (value: string, cloud: string) => Staging.of(folder, { hash: { value }, to: { cloud } }).path
  expect(new Set([path('ab', 'east'), path('ab', 'arbutus'), path('cd', 'east')]).size).toBe(3)
})

test('what has no room is refused before a byte comes', async () => {
  await expect(Staging.of(folder, copy).openAt(0, 2 ** 60)).rejects.toMatchObject({
    data: { code: 'DiskFull', message: expect.stringContaining('ENOSPC') },
  })
  expect(await readdir(join(folder, 'replication'))).toEqual([])
})
