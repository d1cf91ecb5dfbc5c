import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { Readable } from 'node:stream'

// What the client costs its process: node client.mjs PACKAGE URL TASK BYTES. Prints the figures as JSON.
// Plain JavaScript, as the package is that others install: types that Node has to strip are a cost of this repository alone.

const [library = '', url = '', task = '', bytes = '0'] = process.argv.slice(2)
/** @type {typeof import('openstack-ts')} */
const { cloudConfigFromEntry, OpenStack } = await import(library)
const PIECE = Buffer.alloc(64 << 10, 'x')

async function* contents() {
  for (let sent = 0; sent < Number(bytes); sent += PIECE.length) yield PIECE
}

/** What is still in use, where Node was started with --expose-gc. */
let aliveMb = 0
function look() {
  globalThis.gc?.()
  aliveMb = Math.max(aliveMb, process.memoryUsage().heapUsed / 2 ** 20)
}

/** @type {Record<string, (cloud: InstanceType<typeof OpenStack>) => Promise<number>>} */
const tasks = {
  async rest(cloud) {
    await cloud.projectId()
    look()
    return 0
  },
  async upload(cloud) {
    await cloud.image.images.upload('i1', Readable.from(contents(), { objectMode: false }))
    return Number(bytes)
  },
  async download(cloud) {
    let count = 0
    for await (const chunk of await cloud.image.images.download('i1')) count += chunk.length
    return count
  },
  /** The same bytes by Node alone: what a stream of a socket costs in any case. */
  async bare() {
    const [reply] = await once(get(`${url}/image/v2/images/i1/file`), 'response')
    let count = 0
    for await (const chunk of reply) count += chunk.length
    return count
  },
  async list(cloud) {
    let count = 0
    for await (const server of cloud.compute.servers.list()) {
      count += server.status === 'ACTIVE' ? 1 : 0
      if (globalThis.gc !== undefined && count % 500 === 0) look()
    }
    return count
  },
}

const auth = { auth_url: `${url}/identity`, username: 'ada', password: 'p', project_id: 'p1' }
const before = process.cpuUsage()
const started = performance.now()
await using cloud = OpenStack.connect(cloudConfigFromEntry('bench', { auth }))
const count = (await tasks[task]?.(cloud)) ?? 0
const { user, system } = process.cpuUsage(before)
const seconds = (performance.now() - started) / 1000
const residentMb = process.resourceUsage().maxRSS / 1024
// The pages of Node's own executable are resident too, once for all Node processes of the machine.
const fileKb = /^RssFile:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
const ownMb = residentMb - Number(fileKb) / 1024
console.log(JSON.stringify({ count, seconds, cpuSeconds: (user + system) / 1e6, residentMb, ownMb, aliveMb }))
