import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Measure } from '../../script/lib/measure.ts'

const BYTES = 2 * 2 ** 30
const SERVERS = 20_000

interface Cost {
  count: number
  seconds: number
  cpuSeconds: number
  /** The most that the process ever had resident, Node itself included. */
  residentMb: number
  /** Without the pages of Node's executable, which all Node processes share. */
  ownMb: number
  /** The most that was in use, looked at between two pages. */
  aliveMb: number
}

type Task = 'rest' | 'upload' | 'download' | 'bare' | 'list'

const COUNTS: Readonly<Record<Task, number>> = { rest: 0, upload: BYTES, download: BYTES, bare: BYTES, list: SERVERS }

const file = (name: string): string => join(import.meta.dirname, 'openstack', name)
const run = promisify(execFile)

const bench: Bench = {
  title: 'what openstack-ts costs the process that uses it: 2 GiB up and down, a list of 20,000 servers',
  async measure({ runs, progress }) {
    const dist = mkdtempSync(join(file('..'), '.dist-'))
    const server = spawn(process.execPath, [file('server.ts'), String(BYTES), String(SERVERS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer]
      const url = line.toString().trim()
      progress('packing')
      await run(file('../../../packages/openstack-ts/script/pack'), [dist])
      const costs = async (task: Task, ...flags: string[]): Promise<Cost[]> => {
        progress([...flags, task].join(' '))
        const argv = [...flags, file('client.mjs'), join(dist, 'lib/index.js'), url, task, String(BYTES)]
        const found: Cost[] = []
        for (let turn = 0; turn < runs; turn++) {
          const cost = JSON.parse((await run(process.execPath, argv)).stdout) as Cost
          if (cost.count !== COUNTS[task]) throw new Error(`${task}: ${cost.count} came instead of ${COUNTS[task]}`)
          found.push(cost)
        }
        return found
      }
      return [...(await transfers(costs)), ...(await lists(costs))]
    } finally {
      server.kill()
      rmSync(dist, { recursive: true, force: true })
    }
  },
}

type Costs = (task: Task, ...flags: string[]) => Promise<Cost[]>

/** A socket's pieces are garbage outside of V8's heap: how much of it lies about is V8's doing, and its flags'. */
async function transfers(costs: Costs): Promise<Measure[]> {
  const memory = (name: string, found: readonly Cost[], goal?: number): Measure[] => {
    const most = goal === undefined ? {} : { goal }
    return [
      { name: `${name}: most memory resident`, unit: 'MB', ...most, values: found.map(({ residentMb }) => residentMb) },
      { name: `${name}: of it its own`, unit: 'MB', ...most, values: found.map(({ ownMb }) => ownMb) },
    ]
  }
  const [upload, download] = [await costs('upload'), await costs('download')]
  return [
    ...memory('a client with a token', await costs('rest')),
    ...memory('upload', upload, 100),
    ...memory('download', download, 100),
    ...memory('download, --max-semi-space-size=1', await costs('download', '--max-semi-space-size=1'), 100),
    ...memory("the same by Node's own http", await costs('bare')),
    { name: 'upload: CPU', unit: 's', values: upload.map(({ cpuSeconds }) => cpuSeconds) },
    { name: 'download: CPU', unit: 's', values: download.map(({ cpuSeconds }) => cpuSeconds) },
  ]
}

async function lists(costs: Costs): Promise<Measure[]> {
  const [rest = 0] = (await costs('rest', '--expose-gc')).map(({ aliveMb }) => aliveMb)
  const alive = (await costs('list', '--expose-gc')).map(({ aliveMb }) => aliveMb - rest)
  const list = await costs('list')
  return [
    { name: 'list: CPU', unit: 's', goal: 3, values: list.map(({ cpuSeconds }) => cpuSeconds) },
    // A page is 1.7 MB as text, and there as text and as objects while it is read.
    { name: 'list: most memory in use above rest', unit: 'MB', goal: 10, values: alive },
    { name: 'list: most memory resident', unit: 'MB', values: list.map(({ residentMb }) => residentMb) },
  ]
}

export default bench
