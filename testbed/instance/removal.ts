import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Resource } from './ledger.ts'
import { withLock } from './lock.ts'
import { allProcesses, ownLine, processesOf, type ProcessRef, withDescendants } from './process-table.ts'

/**
 * Kills what `find` returns and everything below it, again and again until nothing is left: a process may start another
 * while we look. Parents first, since a supervisor starts anew what it sees die. Never this process or one above it.
 * Returns what would not end within `timeoutMs`.
 */
export async function endProcesses(find: () => ProcessRef[], timeoutMs = 10_000): Promise<ProcessRef[]> {
  const spared = ownLine()
  const deadline = Date.now() + timeoutMs
  // Once seen, a process is remembered: when its parent is dead, nothing else says that it was one of ours.
  const seen = new Map<string, ProcessRef>()
  for (;;) {
    const left = withDescendants([...seen.values(), ...find()], allProcesses()).filter((ref) => !spared.has(ref.pid))
    if (left.length === 0 || Date.now() > deadline) return left
    for (const ref of left) {
      seen.set(`${ref.pid}/${ref.start}`, ref)
      try {
        process.kill(ref.pid, 'SIGKILL')
      } catch {
        // gone already, or not ours to kill: then it is reported as left
      }
    }
    await sleep(20)
  }
}

/** Paths at or below `path` that something is mounted on, deepest first. */
export function mountsBelow(path: string, mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((point) => point === path || point.startsWith(`${path}/`))
    .toSorted((a, b) => b.length - a.length)
}

const succeeds = async (command: string, args: string[]): Promise<boolean> =>
  (await execa(command, args, { reject: false })).exitCode === 0

/** Removes one thing; no error if it is not there. Processes go through {@link endProcesses}. */
export async function remove(resource: Exclude<Resource, { kind: 'process' }> | Resource): Promise<void> {
  switch (resource.kind) {
    case 'process':
      return
    case 'mount':
      for (const point of mountsBelow(resource.path)) await execa('umount', ['--lazy', point])
      return
    case 'netns': {
      if (!existsSync(`/run/netns/${resource.name}`)) return
      const inside = (await execa('ip', ['netns', 'pids', resource.name], { reject: false })).stdout
        .split('\n')
        .filter(Boolean)
        .map(Number)
      await endProcesses(() => allProcesses().filter((row) => inside.includes(row.pid)))
      await execa('ip', ['netns', 'del', resource.name])
      return
    }
    case 'link':
      if (await succeeds('ip', ['link', 'show', 'dev', resource.name]))
        await execa('ip', ['link', 'del', 'dev', resource.name])
      return
    case 'account':
      return removeAccount(resource.name, resource.home)
    case 'folder':
      return removeFolder(resource.path)
  }
}

async function removeFolder(path: string): Promise<void> {
  const mounts = mountsBelow(path)
  if (mounts.length > 0) throw new Error(`still mounted: ${mounts.join(', ')}`)
  await rm(path, { recursive: true, force: true, maxRetries: 3 })
}

async function removeAccount(name: string, home: string): Promise<void> {
  const line = (await execa('getent', ['passwd', name], { reject: false })).stdout
  if (line !== '') {
    const [, , uid, , , listedHome] = line.split(':')
    if (listedHome !== home) throw new Error(`account ${name} has another home (${listedHome}): not ours`)
    await endProcesses(() => processesOf(Number(uid)))
    await withLock('accounts', () => execa('userdel', [name]))
  }
  await removeFolder(home)
}
