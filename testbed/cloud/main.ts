import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CloudConfigSchema, type CloudConfig } from './config.ts'
import { startCloud } from './start.ts'

/** One process, one cloud: `node testbed/cloud/main.ts --config FILE.json`. Says where it listens in a line of JSON. */
const { values } = parseArgs({ options: { config: { type: 'string' } } })
if (values.config === undefined) {
  console.error('Usage: node testbed/cloud/main.ts --config FILE.json')
  process.exit(2)
}
const config = readConfig(values.config)
const cloud = await startCloud(config)
console.log(
  JSON.stringify({ ready: true, name: config.name, url: cloud.url, authUrl: cloud.authUrl, pid: process.pid }),
)

function readConfig(path: string): CloudConfig {
  const parsed = CloudConfigSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  console.error(`${path}: ${z.prettifyError(parsed.error)}`)
  process.exit(2)
}

let stopping = false
const stop = (): void => {
  if (stopping) return
  stopping = true
  void cloud.stop().then(() => process.exit(0))
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
