/**
 * Loaded by every thread of a worker process beside its program. Told to, each collects all garbage and writes down what is left:
 * a line `<round> <MB>` of the file that `CANFAR_HEAPS` names. Resident memory alone cannot tell growth from heaps that V8 lets grow
 * where there is room. It is told by SIGWINCH, which is harmless before this is loaded; SIGUSR2 would end a Temporal worker.
 */
import { appendFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

const file = process.env['CANFAR_HEAPS']

function measure(round: number): void {
  globalThis.gc?.()
  const mb = Math.round(getHeapStatistics().used_heap_size / 1024 / 1024)
  if (file !== undefined) appendFileSync(file, `${round} ${mb}\n`)
}

const rounds = new BroadcastChannel('heaps')
rounds.addEventListener('message', (event) => measure(Number((event as MessageEvent).data)))
rounds.unref()

if (isMainThread) {
  process.on('SIGWINCH', () => {
    const round = Date.now()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    rounds.postMessage(round)
    measure(round)
  })
}
