import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CondorError } from './condor-error.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

/**
 * Makes the pool refuse worker VMs that are gone, should somebody have kept their tokens: no new session with such a token,
 * and no ad of such an identity, not even by a session from before.
 *
 * Only on the central manager, as root or the pool's owner.
 * @param file one that its HTCondor reads, e.g. in `config.d`, with a name that sorts after the site's own settings
 * @param identities all that shall be refused; each may be left out once its token has expired
 */
export async function revokeTokens(
  tools: CondorTools,
  { file, identities, signal }: CallOptions & { file: string; identities: readonly string[] },
): Promise<void> {
  const text = revocations(identities)
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    await mkdir(dirname(file), { recursive: true })
    // beside its place, so that HTCondor never reads a half: it skips names that end in ~
    await writeFile(`${file}~`, text, { mode: 0o644 })
    await rename(`${file}~`, file)
  }
  await assertRead(tools, file, identities, signal)
  // also without a change: the last call may have come only as far as the file
  await runTool(tools, 'condor_reconfig', ['-daemon', 'collector'], { signal })
}

/** A file that HTCondor does not look at would revoke nothing, and nobody would know. */
async function assertRead(
  tools: CondorTools,
  file: string,
  identities: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const tool = 'condor_config_val'
  const { stdout } = await runTool(tools, tool, ['-dump', '^CANFAR_REVOKED$'], { signal })
  if (stdout.split('\n').includes(`CANFAR_REVOKED = ${listed(identities)}`)) return
  const message = `HTCondor does not read ${file}: it has to be in the central manager's LOCAL_CONFIG_DIR`
  throw new CondorError({ tool, code: 'invalid', message })
}

const listed = (identities: readonly string[]): string => [...identities].toSorted().join(',')

/** As HTCondor's configuration. The collector looks at both settings anew when it is told to. */
export function revocations(identities: readonly string[]): string {
  for (const identity of identities) {
    if (!/^[A-Za-z0-9_.@-]+$/.test(identity)) {
      const message = `${JSON.stringify(identity)} cannot be a token's identity`
      throw new CondorError({ tool: 'condor_reconfig', code: 'invalid', message })
    }
  }
  const list = '"$(CANFAR_REVOKED)"'
  return [
    '# Written by canfar-batch: worker VMs that are gone, whose tokens have not expired yet',
    `CANFAR_REVOKED = ${listed(identities)}`,
    `SEC_TOKEN_REVOCATION_EXPR = stringListMember(sub, ${list})`,
    `COLLECTOR_REQUIREMENTS = ($(COLLECTOR_REQUIREMENTS:True)) && (stringListMember(AuthenticatedIdentity, ${list}) =!= True)`,
    '',
  ].join('\n')
}
