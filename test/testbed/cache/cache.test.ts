import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, type StatsFs, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cached, requireSpace } from '#testbed/cache/cache.ts'

let cache: string
let lines: string[]

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'canfar-cache-'))
  lines = []
})
afterEach(() => rmSync(cache, { recursive: true }))

const options = (): { cache: string; announce: string; needBytes: number; progress: (line: string) => void } => ({
  cache,
  announce: 'building it: 1 s, once',
  needBytes: 1,
  progress: (line) => lines.push(line),
})

it('builds once for all who ask at the same time', async () => {
  let builds = 0
  const build = async ({ folder }: { folder: string }): Promise<void> => {
    builds += 1
    await sleep(20)
    writeFileSync(join(folder, 'it'), '')
  }
  const folders = await Promise.all([1, 2, 3].map(() => cached('thing/1', build, options())))
  expect(builds).toBe(1)
  expect(new Set(folders)).toEqual(new Set([join(cache, 'thing/1')]))
  expect(lines.filter((line) => line === 'building it: 1 s, once')).toHaveLength(1)
  expect(lines.filter((line) => line.startsWith('waiting for another process'))).toHaveLength(2)
})

it('leaves nothing of a build that failed, nor of one that was killed', async () => {
  mkdirSync(join(cache, 'thing', '.1.building-4711'), { recursive: true })
  const failing = cached('thing/1', () => Promise.reject(new Error('no compiler')), options())
  await expect(failing).rejects.toThrow('no compiler')
  expect(readdirSync(join(cache, 'thing'))).toEqual([])
})

it('is not there before it is whole', async () => {
  await cached('thing/1', async ({ final }) => expect(existsSync(final)).toBe(false), options())
  expect(existsSync(join(cache, 'thing/1'))).toBe(true)
})

it('builds again what is not whole', async () => {
  mkdirSync(join(cache, 'thing/1'), { recursive: true })
  const isWhole = (final: string): boolean => existsSync(join(final, 'it'))
  const path = await cached('thing/1', async ({ folder }) => writeFileSync(join(folder, 'it'), ''), {
    ...options(),
    isWhole,
  })
  expect(isWhole(path)).toBe(true)
})

it('says how much disk is missing before it begins', async () => {
  const free = { bavail: 10, bsize: 1e8 } as StatsFs
  expect(() => requireSpace('/somewhere', 3e9, free)).toThrow(
    '/somewhere: 3.0 GB of free disk are needed and 1.0 GB are there',
  )
  await expect(cached('thing/1', async () => {}, { ...options(), needBytes: 1e18 })).rejects.toMatchObject({
    data: { code: 'DiskFull' },
  })
})
