import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '#config/load.ts'
import { recallConfig } from '#config/recall.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recall-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const text = (plane: string): string =>
  `controlPlane: ${plane}\ncondor: { collector: 127.0.0.1:9618, trustDomain: pool.test }\ncloudsFile: clouds.yaml\nclouds: [{ name: east }]\nkeepalive: { default: 90s }\n`

const options = () => ({ env: { HOME: folder }, cwd: folder, flag: 'site.yaml' })
const kept = (): string[] => readdirSync(join(folder, '.cache', 'canfar-batch', 'config'))

test('what was read is recalled as it was', async () => {
  writeFileSync(join(folder, 'site.yaml'), text('first-plane'))
  const loaded = loadConfig(options())
  expect(await recallConfig(options())).toEqual(loaded)
  expect(kept()).toHaveLength(1)
  expect(await recallConfig(options())).toEqual(loaded)
  expect(loaded.config.keepalive.default).toBe(90_000)
})

test('a text that has changed is read anew, and a memory that cannot be read is none', async () => {
  writeFileSync(join(folder, 'site.yaml'), text('first-plane'))
  await recallConfig(options())
  writeFileSync(join(folder, 'site.yaml'), text('other-plane'))
  expect((await recallConfig(options())).config.controlPlane).toBe('other-plane')
  for (const file of kept()) writeFileSync(join(folder, '.cache', 'canfar-batch', 'config', file), '{')
  expect((await recallConfig(options())).config.controlPlane).toBe('other-plane')
})

test('a text that is wrong is not kept', async () => {
  writeFileSync(join(folder, 'site.yaml'), `${text('first-plane')}colour: blue\n`)
  await expect(recallConfig(options())).rejects.toThrow('colour')
  await expect(recallConfig(options())).rejects.toThrow('colour')
})

test('without a cache that can be written it works as well', async () => {
  writeFileSync(join(folder, 'site.yaml'), text('first-plane'))
  const env = { HOME: join(folder, 'site.yaml') }
  expect((await recallConfig({ ...options(), env })).config.controlPlane).toBe('first-plane')
})
