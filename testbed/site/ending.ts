import { setTimeout as sleep } from 'node:timers/promises'
import { allProcesses, isRunning, thisProcess, withDescendants } from '#testbed/instance/process-table.ts'
import { endProcesses } from '#testbed/instance/removal.ts'

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** How long what was interrupted may take to come to its end. */
const PATIENCE_MS = 10_000

/**
 * Runs `work`; on SIGINT, SIGTERM or SIGHUP ends what it runs, calls `undo` and gives the exit code that shells have for
 * the signal. A second signal does not hurry it: what is left would be left for good.
 */
export async function endingOnSignal(
  work: (signal: AbortSignal) => Promise<number>,
  undo: (signal: string) => Promise<void>,
): Promise<number> {
  const controller = new AbortController()
  const interrupted = Promise.withResolvers<keyof typeof NUMBERS>()
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    process.on(name, () => {
      controller.abort(new Error(name))
      interrupted.resolve(name)
    })
  }
  // A reader that has gone away must not end the clean-up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const working = work(controller.signal)
  const first = await Promise.race([working, interrupted.promise])
  if (typeof first === 'number') return first
  await endChildren()
  await Promise.race([working.catch(() => {}), sleep(PATIENCE_MS)])
  await undo(first)
  return 128 + NUMBERS[first]
}

/** Ends everything that this process started: politely first, for package managers do not like to be killed. */
async function endChildren(): Promise<void> {
  const self = thisProcess()
  const children = withDescendants([self], allProcesses()).filter((ref) => ref.pid !== self.pid)
  for (const { pid } of children) {
    try {
      process.kill(pid, 'SIGTERM')
    } catch {
      // gone already
    }
  }
  for (let waited = 0; waited < 2_000 && children.some(isRunning); waited += 50) await sleep(50)
  await endProcesses(() => children)
}
