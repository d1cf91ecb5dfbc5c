import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessRef, processRow } from '#testbed/instance/process-table.ts'
import { endProcesses } from '#testbed/instance/removal.ts'

/**
 * Kills a process and everything below it and waits until all of it is gone. Each is stopped before its children are
 * listed, so that none is born unseen. Costs as much as the tree has processes, where a look at all of /proc would cost
 * as much as the host has.
 */
export async function endTree(root: ProcessRef, timeoutMs = 10_000): Promise<void> {
  if (childrenOf(process.pid) === undefined) {
    await endProcesses(() => [root], timeoutMs)
    return
  }
  const tree: ProcessRef[] = []
  const queue = [root]
  for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
    signal(ref, 'SIGSTOP')
    tree.push(ref)
    queue.push(...(childrenOf(ref.pid) ?? []))
  }
  for (const ref of tree) signal(ref, 'SIGKILL')
  const deadline = Date.now() + timeoutMs
  while (tree.some(isRunning)) {
    if (Date.now() > deadline) throw new Error(`process ${root.pid} and its children do not end`)
    await sleep(10)
  }
}

function signal(ref: ProcessRef, name: NodeJS.Signals): void {
  try {
    if (isRunning(ref)) process.kill(ref.pid, name)
  } catch {
    // gone in between
  }
}

/** undefined where the process is gone or the kernel does not list children (CONFIG_PROC_CHILDREN). */
function childrenOf(pid: number): ProcessRef[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
      .filter((child) => child !== '')
      .map((child) => processRow(Number(child)))
      .filter((row) => row !== undefined)
  } catch {
    return undefined
  }
}
