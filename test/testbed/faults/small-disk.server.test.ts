import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { smallDisk } from '#testbed/faults/small-disk.ts'
import { cleanUp, listInstances } from '#testbed/instance/clean-up.ts'
import { isRoot } from '#testbed/instance/folders.ts'
import { createInstance, endInstance } from '#testbed/instance/instance.ts'
import { mountsBelow } from '#testbed/instance/removal.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'canfar-testbed-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const { folder } of listInstances(home)) await cleanUp(folder, { kept: true })
  rmSync(home, { recursive: true })
})

const create = () => createInstance({ home, network: 'loopback' })

it('is refused to others than root, before anything is made', async () => {
  const instance = await create()
  vi.spyOn(process, 'getuid').mockReturnValue(1000)
  const refused = { data: { code: 'NeedsRoot', message: expect.stringContaining('"state"') as unknown } }
  await expect(smallDisk(instance, 'state', 1)).rejects.toMatchObject(refused)
  vi.restoreAllMocks()
  expect(existsSync(join(instance.folder, 'disks'))).toBe(false)
})

describe.runIf(isRoot())('a small disk', () => {
  it('refuses every write while it is full, keeps what it has, and takes more once it is freed', async () => {
    const instance = await create()
    const disk = await smallDisk(instance, 'state', 1)
    const [before, during] = [join(disk.path, 'before'), join(disk.path, 'during')]
    writeFileSync(before, 'kept')
    disk.fill()
    disk.fill()
    expect(() => writeFileSync(during, 'x')).toThrow('ENOSPC')
    expect(() => writeFileSync(before, 'x'.repeat(8192), { flag: 'a' })).toThrow('ENOSPC')
    expect(readFileSync(before, 'utf8').slice(0, 4)).toBe('kept')
    disk.free()
    disk.free()
    writeFileSync(during, 'x')
    expect(readFileSync(during, 'utf8')).toBe('x')
    // nobody else has less
    writeFileSync(join(instance.folder, 'elsewhere'), 'x'.repeat(2e6))
    expect((await endInstance(instance)).failed).toEqual([])
    expect(mountsBelow(home)).toEqual([])
  })

  it('of a killed run is removed by the next start', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'disk-owner.ts'), home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const path = line.toString().trim()
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(mountsBelow(home)).toEqual([path])
    await create()
    expect(mountsBelow(home)).toEqual([])
    expect(existsSync(path)).toBe(false)
  })
})
