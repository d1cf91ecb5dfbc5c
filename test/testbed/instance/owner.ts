// A process that owns an instance and is there to be killed: prints what it made, then waits.
import { join } from 'node:path'
import { spawnDaemon } from '#testbed/instance/daemon.ts'
import { createInstance } from '#testbed/instance/instance.ts'

const [home = '', then = 'wait', folder] = process.argv.slice(2)
const instance = await createInstance({ home, network: 'loopback', ...(folder === undefined ? {} : { folder }) })
const daemon = await spawnDaemon(instance, {
  name: 'sleeper',
  // A child that leaves its parent's session and outlives it, as daemons' children do.
  argv: ['sh', '-c', 'setsid sleep 300 & exec sleep 300'],
  logFile: join(instance.folder, 'sleeper.log'),
})
if (then === 'keep') instance.ledger.keep()
console.log(JSON.stringify({ id: instance.id, folder: instance.folder, daemon: daemon.process }))
if (then !== 'keep') setInterval(() => {}, 1_000)
