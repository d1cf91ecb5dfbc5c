import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostNameOf } from '#testbed/guest/server-file.ts'
import { ServerFolders } from '#testbed/guest/server-folders.ts'

const ID = '3d2ab0ac-8d5a-4f7c-9d1a-5f0e6a1b2c3d'
const server = (power: string): string =>
  JSON.stringify({ id: ID, name: 'a', power, flavor: { name: 'c', vcpus: 1, ramMb: 512, diskGb: 1, ephemeralGb: 0 } })

describe('hypervisor folders', () => {
  let home: string
  let log: string[]
  let folders: ServerFolders
  const one = (): string => join(home, 'one')

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'folders-'))
    mkdirSync(one())
    log = []
    folders = new ServerFolders([one(), join(home, 'missing')], (line) => log.push(line))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it('show their servers and follow changes', () => {
    writeFileSync(join(one(), `${ID}.json`), server('on'))
    writeFileSync(join(one(), `${ID}.off`), '')
    expect(folders.read().servers.get(ID)).toMatchObject({ folder: one(), server: { power: 'on' } })
    writeFileSync(join(one(), `${ID}.json`), server('off'))
    expect(folders.read().servers.get(ID)?.server.power).toBe('off')
    rmSync(join(one(), `${ID}.json`))
    expect(folders.read().servers.size).toBe(0)
  })

  it('that can’t be read say nothing, not that there are no servers', () => {
    expect(folders.read().read).toEqual(new Set([one()]))
  })

  it.each([
    ['half a file', server('on').slice(0, 40)],
    ['another server’s id', server('on').replace(ID, ID.replace('3d', '4d'))],
    ['no flavor', JSON.stringify({ id: ID, name: 'a', power: 'on' })],
  ])('leave a server alone whose file holds %s', (_, text) => {
    writeFileSync(join(one(), `${ID}.json`), text)
    const wanted = folders.read()
    expect(wanted.servers.size).toBe(0)
    expect(wanted.unclear).toEqual(new Set([ID]))
  })
})

describe('hostNameOf', () => {
  it.each([
    ['pool-arbutus-0123456789abcdef', 'pool-arbutus-0123456789abcdef'],
    ['My VM_2!', 'my-vm-2'],
    ['-x-', 'x'],
    ['ñ', 'guest'],
    ['a'.repeat(80), 'a'.repeat(63)],
  ])('%s', (name, host) => {
    expect(hostNameOf(name)).toBe(host)
  })
})
