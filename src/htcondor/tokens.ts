import { CondorError } from './condor-error.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

/** What a worker VM's token may do: describe itself to the pool, and ask it. Not submit, not run anything, not administer. */
const rights = ['ADVERTISE_STARTD', 'ADVERTISE_MASTER', 'READ']

/**
 * Makes the token with which one worker VM joins the pool. Only root, or the owner of the pool's signing key, can. The token
 * comes on a pipe and is in no argument list; keep it out of logs and histories.
 * @param identity `<tenant>.<vm>@<trust domain>`
 */
export async function createWorkerToken(
  tools: CondorTools,
  { identity, lifetimeSeconds, signal }: CallOptions & { identity: string; lifetimeSeconds: number },
): Promise<string> {
  const tool = 'condor_token_create'
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9.-]+$/.test(identity)) {
    throw new CondorError({
      tool,
      code: 'invalid',
      message: `${JSON.stringify(identity)} cannot be a token's identity`,
    })
  }
  const scopes = rights.flatMap((right) => ['-authz', right])
  const lifetime = ['-lifetime', String(Math.ceil(lifetimeSeconds))]
  const { stdout } = await runTool(tools, tool, ['-identity', identity, ...scopes, ...lifetime], { signal })
  const token = stdout.trim()
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token
  throw new CondorError({ tool, code: 'failed', message: 'its answer is no token' })
}
