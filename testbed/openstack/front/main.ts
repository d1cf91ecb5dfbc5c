import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Front } from '#testbed/front/front.ts'
import { RequestLog } from '#testbed/front/request-log.ts'
import { serve } from '#testbed/front/serve.ts'
import { rulesInMemory } from '#testbed/front/strike.ts'
import { Acquaintance } from './acquaintance.ts'
import { FrontConfigSchema } from './config.ts'
import { PlayedFaults } from './played-faults.ts'
import { realServices } from './real-services.ts'
import { regionRoutes } from './routes.ts'

/** One process before one region: `node testbed/openstack/front/main.ts --config FILE.json`. SIGTERM ends it. */
const { values } = parseArgs({ options: { config: { type: 'string' } } })
const config = FrontConfigSchema.parse(JSON.parse(readFileSync(values.config ?? '', 'utf8')))
const served = await serve(config.listen)
const known = new Acquaintance()
const played = new PlayedFaults(config.hypervisorFolder)
const parts = { rules: rulesInMemory(), log: new RequestLog() }
const aside = regionRoutes(config, { ...parts, known, played })
const front = new Front({
  behind: realServices(config.upstreams, known, played),
  ...parts,
  aside: (request, node) => aside.fetch(request, node),
})
served.begin((request, node) => front.handle(request, node))

process.on('SIGTERM', () => {
  front.stop()
  void served.close().then(() => process.exit(0))
})
