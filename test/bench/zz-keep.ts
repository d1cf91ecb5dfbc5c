import { writeFileSync } from 'node:fs'
import { startSite } from '#testbed/site/site.ts'
import { exportLines } from '#testbed/site/environment.ts'
const site = await startSite({ fast: true, guests: 'process' })
writeFileSync('/tmp/proof/env', exportLines(site.environments.operator))
const stop = async () => { console.log(await site.stop()); process.exit(0) }
process.on('SIGTERM', () => void stop())
setInterval(() => {}, 1000)
