import type { Client } from '@temporalio/client'
import type { Config } from '#config/schema.ts'
import type { CondorTools } from '#htcondor/tools.ts'
import type { Clouds } from '#clouds/connections.ts'

/** What activities close over: the configuration read at start, and the clients of the outside systems. */
export interface Deps {
  config: Config
  /** Changes with the configuration. */
  digest: string
  client: Client
  condor: CondorTools
  clouds: Clouds
}
