// Runs Temporal's worker, native core and all, until it is killed: says what time it is on its main thread and on another.
import { fileURLToPath } from 'node:url'
import { Worker as Thread } from 'node:worker_threads'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { ClockTold } from './clock-workflow.ts'

const [address = '', taskQueue = ''] = process.argv.slice(2)
const thread = new Thread(
  `const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage(Date.now()))`,
  { eval: true },
)
let ticks = 0
setInterval(() => (ticks += 1), 100)

const tell = async (): Promise<ClockTold> => {
  const answer = Promise.withResolvers<number>()
  thread.once('message', answer.resolve)
  thread.postMessage('?', [])
  return { main: Date.now(), thread: await answer.promise, elapsed: performance.now(), ticks }
}

const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('clock-workflow.ts', import.meta.url)),
  activities: { tell },
})
await worker.run()
