import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quoteText } from './expression.ts'
import { createWorkerToken } from './tokens.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

/** Name before the @ of the tokens with which this is said. */
const speaker = 'canfar-batch'

/** Kinds of ads that a worker has, and how its own are told from others'. */
const kinds = [
  { command: 'INVALIDATE_STARTD_ADS', type: 'Machine', its: (vm: string) => `VMName == ${quoteText(vm)}` },
  {
    command: 'INVALIDATE_MASTER_ADS',
    type: 'DaemonMaster',
    its: (vm: string) => `split(Name ?: "", ".")[0] == ${quoteText(vm)}`,
  },
] as const

/**
 * Takes the ads of a worker that is gone out of the collector. A VM that was ended from outside cannot do so itself: for the
 * 15 minutes that its ads live by default, jobs would be matched to it again and again, however many others are free.
 *
 * Only who can make tokens can: the collector takes such words from nobody whom it knows by the file system alone.
 * @param trustDomain that of the pool's tokens
 */
export async function forgetWorker(
  tools: CondorTools,
  vm: string,
  { trustDomain, signal }: CallOptions & { trustDomain: string },
): Promise<void> {
  const identity = `${speaker}@${trustDomain}`
  const token = await createWorkerToken(tools, { identity, lifetimeSeconds: 300, signal })
  const folder = await mkdtemp(join(tmpdir(), 'canfar-batch-'))
  try {
    await writeFile(join(folder, 'token'), `${token}\n`, { mode: 0o600 })
    const env = {
      ...tools.env,
      _CONDOR_SEC_TOKEN_DIRECTORY: folder,
      _CONDOR_SEC_TOKEN_SYSTEM_DIRECTORY: folder,
      _CONDOR_SEC_CLIENT_AUTHENTICATION_METHODS: 'IDTOKENS',
    }
    for (const { command, type, its } of kinds) {
      const input = `MyType = "Query"\nTargetType = "${type}"\nRequirements = ${its(vm)}\n`
      await runTool({ ...tools, env }, 'condor_advertise', [command, '-'], { input, signal })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
