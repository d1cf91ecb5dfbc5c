import { queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** Names of the machines on which jobs run, as the queue believes; a name as often as it has jobs. */
export async function busyHosts(tools: CondorTools, options: CallOptions = {}): Promise<string[]> {
  const hosts: string[] = []
  const args = ['-allusers', '-constraint', 'JobStatus == 2 || JobStatus == 6 || JobStatus == 7']
  // slot1_1@<vm>.<domain>
  const field = 'split(split(RemoteHost ?: "", "@")[1] ?: "", ".")[0]'
  for await (const [host] of queryRows(tools, 'condor_q', args, [field], options)) if (host) hosts.push(host)
  return hosts
}
