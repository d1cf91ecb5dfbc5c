import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cleanUp, findDeadInstances, listInstances, MARK } from '#testbed/instance/clean-up.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { isRunning, type ProcessRef, processesWithVariable, processRow } from '#testbed/instance/process-table.ts'

interface Owned {
  id: string
  folder: string
  daemon: ProcessRef
}

const children: ChildProcess[] = []
let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'canfar-testbed-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const { folder } of listInstances(home)) await cleanUp(folder, { kept: true })
  rmSync(home, { recursive: true, force: true })
})

const create = (): Promise<Instance> => createInstance({ home, network: 'loopback' })

function start(...argv: [string, ...string[]]): ChildProcess {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  children.push(child)
  return child
}

function outputOf({ stdout }: ChildProcess): NonNullable<ChildProcess['stdout']> {
  if (stdout === null) throw new Error('the child has no output')
  return stdout
}

function rowOf(child: ChildProcess): ProcessRef {
  const row = processRow(child.pid ?? -1)
  if (row === undefined) throw new Error('the child does not run')
  return row
}

/** A process that owns an instance with a daemon, which has a child of its own. */
async function startOwner(...args: string[]): Promise<Owned & { child: ChildProcess }> {
  const child = start(process.execPath, join(import.meta.dirname, 'owner.ts'), home, ...args)
  const [line] = (await once(outputOf(child), 'data')) as [Buffer]
  return { ...(JSON.parse(line.toString()) as Owned), child }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

it('removes what a killed owner left when the next instance starts', async () => {
  const { id, folder, daemon, child } = await startOwner()
  await kill(child)
  const ours = processesWithVariable(MARK, id)
  expect(ours.length).toBeGreaterThanOrEqual(2)
  expect(findDeadInstances(home).map((row) => row.id)).toEqual([id])

  const next = await create()
  expect(ours.filter(isRunning)).toEqual([])
  expect(isRunning(daemon)).toBe(false)
  expect(existsSync(folder)).toBe(false)
  expect(readdirSync(home)).toEqual([next.id])
})

it('does not touch a live instance, whoever asks', async () => {
  const { id, folder, daemon } = await startOwner()
  const next = await create()
  expect(await cleanUp(folder, { kept: true })).toMatchObject({ state: 'live', removed: [] })
  await endInstance(next)
  expect(isRunning(daemon)).toBe(true)
  expect(listInstances(home)).toEqual([{ id, folder, state: 'live' }])
})

it('leaves a kept instance alone until it is asked for by name', async () => {
  const { folder, daemon, child } = await startOwner('keep')
  if (child.exitCode === null) await once(child, 'exit')
  await endInstance(await create())
  expect(await cleanUp(folder)).toMatchObject({ state: 'kept', removed: [] })
  expect(isRunning(daemon)).toBe(true)

  expect(await cleanUp(folder, { kept: true })).toMatchObject({ state: 'kept', failed: [] })
  expect(isRunning(daemon)).toBe(false)
  expect(existsSync(folder)).toBe(false)
})

it('finds an instance in a folder of the caller’s choice again', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'canfar-elsewhere-'))
  const { child, daemon } = await startOwner('wait', join(elsewhere, 'run'))
  await kill(child)
  const next = await create()
  expect(isRunning(daemon)).toBe(false)
  expect(readdirSync(home)).toEqual([next.id])
  expect(readdirSync(elsewhere)).toEqual([])
  rmSync(elsewhere, { recursive: true })
})

it('does not kill a process that has got the pid of a listed one', async () => {
  const instance = await create()
  const stranger = start('sleep', '300')
  await once(stranger, 'spawn')
  const row = rowOf(stranger)
  const key = instance.ledger.intend({ kind: 'process', name: 'long gone' })
  instance.ledger.made(key, { pid: row.pid, start: String(Number(row.start) - 1) })

  expect((await endInstance(instance)).failed).toEqual([])
  expect(isRunning(row)).toBe(true)
})

it('finds the daemon of an owner that died before it noted the pid', async () => {
  const instance = await create()
  instance.ledger.intend({ kind: 'process', name: 'just started' })
  const child = spawn('sleep', ['300'], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, [MARK]: instance.id },
  })
  children.push(child)
  await once(child, 'spawn')
  const row = rowOf(child)
  await endInstance(instance)
  expect(isRunning(row)).toBe(false)
})

it('removes nothing that is not listed', async () => {
  const instance = await create()
  const other = await create()
  const bystander = join(home, 'bystander')
  writeFileSync(bystander, '')
  await endInstance(instance)
  expect(existsSync(bystander)).toBe(true)
  expect(existsSync(other.folder)).toBe(true)
})

it('can be repeated, by several at once', async () => {
  const { folder, child, daemon } = await startOwner()
  await kill(child)
  const results = await Promise.all([cleanUp(folder), cleanUp(folder), cleanUp(folder)])
  expect(results.map((result) => result.state).toSorted()).toEqual(['absent', 'absent', 'dead'])
  expect(await cleanUp(folder)).toEqual({ state: 'absent', removed: [], failed: [] })
  await sleep(20)
  expect(isRunning(daemon)).toBe(false)
})

it('keeps the ledger while something listed can’t be removed', async () => {
  const instance = await create()
  const file = join(home, 'not-a-folder')
  writeFileSync(file, '')
  instance.ledger.intend({ kind: 'folder', path: join(file, 'below') })
  // A folder that can't go: rm refuses to walk through a file.
  const { failed } = await endInstance(instance)
  expect(failed).toHaveLength(1)
  expect(existsSync(instance.folder)).toBe(true)
  rmSync(file)
  expect((await endInstance(instance)).failed).toEqual([])
  expect(existsSync(instance.folder)).toBe(false)
})
