import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { allProcesses, isRunning, type ProcessRef, withDescendants } from '#testbed/instance/process-table.ts'

/** The processes below `root` that put jobs into the queue at this moment. */
export function submitting(root: ProcessRef): ProcessRef[] {
  const table = allProcesses()
  const tools = new Map(table.filter(({ command }) => command === 'condor_submit').map((row) => [row.pid, row]))
  return withDescendants([root], table).filter(({ pid }) => tools.has(pid) && !argumentsOf(pid).includes('-dry-run'))
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return ['-dry-run'] // it has ended: whatever it was, it puts nothing into the queue any more
  }
}

/** Waits until somebody below `root` submits. */
export async function firstSubmit(root: () => ProcessRef | undefined, timeoutMs = 20_000): Promise<ProcessRef> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(3)) {
    const process = root()
    const [found] = process === undefined ? [] : submitting(process)
    if (found !== undefined) return found
  }
  throw new Error(`nobody submitted within ${timeoutMs} ms`)
}

/** Returns as soon as the process has ended. */
export async function ended(ref: ProcessRef): Promise<void> {
  while (isRunning(ref)) await sleep(2)
}

/** Kills (SIGKILL) each `condor_submit` below `root` some time after it is seen, as long as `delay` names a time in ms. */
export async function killSubmits(
  root: () => ProcessRef | undefined,
  delay: () => number | undefined,
  signal: AbortSignal,
): Promise<number> {
  const seen = new Set<number>()
  let killed = 0
  while (!signal.aborted) {
    const parent = root()
    for (const ref of parent === undefined ? [] : submitting(parent)) {
      if (seen.has(ref.pid)) continue
      seen.add(ref.pid)
      const ms = delay()
      if (ms === undefined) return killed
      await sleep(ms)
      if (!isRunning(ref)) continue
      process.kill(ref.pid, 'SIGKILL')
      killed += 1
    }
    await sleep(3)
  }
  return killed
}
