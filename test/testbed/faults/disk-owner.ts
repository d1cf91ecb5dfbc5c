// A process that owns a full small disk and is there to be killed: prints its path, then waits.
import { smallDisk } from '#testbed/faults/small-disk.ts'
import { createInstance } from '#testbed/instance/instance.ts'

const [home = ''] = process.argv.slice(2)
const disk = await smallDisk(await createInstance({ home, network: 'loopback' }), 'owned', 1)
disk.fill()
console.log(disk.path)
setInterval(() => {}, 1_000)
