import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { wakeFleet } from '#activities/fleet/tell-fleet.ts'
import { allServers, seenServer, withFaults } from '#clouds/servers.ts'
import { ownServers } from '#clouds/own-servers.ts'
import type { ListedVm } from '#contract/listed.ts'
import { vmRecord } from '#contract/vm-lifecycle.ts'
import { limitsOf } from '#clouds/limits.ts'
import { CredentialEnd } from './credential-end.ts'
import { mostStrays, type CloudSeen } from '#contract/watch.ts'
import { cloudPass } from '#domain/watch/cloud-pass.ts'
import { straysAmong } from '#domain/watch/strays.ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import type { VmState } from '#domain/vm/state.ts'
import { expectedVms } from './expected.ts'
import { watchLoop } from './loop.ts'
import { Teller } from './tell.ts'

/** While something is on its way the cloud is looked at this often, ms. */
const eagerPoll = 1000
/** A look that takes longer has failed: it must end before the heartbeat timeout. */
const lookTimeout = 8000
/** How long a VM's workflow may take to say what it knows, ms. */
const recallTimeout = 4000
const onTheirWay = new Set<VmState>(['creating', 'building', 'deleting'])

/** A list may be cut short without a word of it, or somebody may have renamed the server: it is asked for by itself. */
async function isGone(
  { client, config, clouds }: Deps,
  vm: string,
  expected: ListedVm[],
  signal: AbortSignal,
): Promise<boolean> {
  const order = expected.find((one) => one.vm === vm)?.order
  if (order === undefined) return false
  const asked = () => client.workflow.getHandle(vm).query(vmRecord)
  const { serverId } = await client.withDeadline(Date.now() + recallTimeout, asked)
  const proof = { vm, order, serverId, controlPlane: config.controlPlane }
  const { ours } = await ownServers(clouds.batch(order.cloud), proof, { signal })
  const gone = ours.every(({ status }) => meaningOf(status) === 'gone')
  if (!gone) Context.current().log.warn('a server that exists was not in the list', { cloud: order.cloud, vm })
  return gone
}

function alarmOf(cloud: string, { missing, of }: { missing: number; of: number }): void {
  const note = `${missing} of ${of} VMs are missing from one list; it is not believed. If they are lost indeed: canfar-batch cleanup run ${cloud} --accept-loss`
  Context.current().log.error('alarm: TooManyVanished', { alarm: 'TooManyVanished', subject: cloud, note })
}

/** Looks at one cloud until cancelled, and tells its VMs what they do not know yet. */
export async function watchCloud(deps: Deps, cloud: string): Promise<void> {
  const { client, config, clouds } = deps
  const teller = new Teller(client)
  let missing: ReadonlyMap<string, number> = new Map()
  const credential = new CredentialEnd((note) =>
    Context.current().log.error('alarm: CredentialEnds', { alarm: 'CredentialEnds', subject: cloud, note }),
  )
  let seen: CloudSeen = { at: 0, ok: 'unknown' }
  await watchLoop(async (cancelled) => {
    const at = Date.now()
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(lookTimeout)])
    const expected = await expectedVms(client, config.pool, cloud)
    try {
      const connection = clouds.batch(cloud)
      const project = await connection.projectId({ signal })
      const names = new Set(expected.map(({ vm }) => vm))
      const listed = await withFaults(connection, await allServers(connection, signal), names, signal)
      const servers = listed.map((one) => seenServer(one, config.controlPlane))
      // another project's list says nothing about these VMs
      const ours = expected.filter(({ order }) => order.batchProject === project)
      const pass = cloudPass(ours, servers, missing, at)
      if (pass.frozen !== undefined && seen.frozen === undefined) alarmOf(cloud, pass.frozen)
      missing = pass.missing
      for (const { vm, event } of pass.events) {
        if (event.kind !== 'absent' || (await isGone(deps, vm, ours, signal))) await teller.tell(vm, event)
      }
      teller.forget(names)
      const limits = await limitsOf(connection, signal)
      const known = await credential.look(connection, at, { signal })
      const inUse = (await connection.identity.whoami({ signal })).applicationCredential?.id
      if (seen.ok === false) await wakeFleet(client, config.pool, { source: `cloud/${cloud}`, at })
      seen = {
        at,
        ok: true,
        project,
        projectName: await connection.projectName({ signal }),
        ...(inUse === undefined ? {} : { credential: inUse }),
        ...known,
        ...(pass.frozen === undefined ? {} : { frozen: pass.frozen }),
        servers: servers.length,
        foreign: servers.filter(({ name }) => !names.has(name)).length,
        strays: straysAmong(servers, names, config.pool).slice(0, mostStrays),
        limits,
      }
    } catch (error) {
      if (cancelled.aborted) throw error
      // not known is not absent: nothing changes
      seen = { ...seen, at, ok: false, error: error instanceof Error ? error.message : String(error) }
    }
    const eager = expected.some(({ state }) => onTheirWay.has(state))
    return { wait: eager ? Math.min(eagerPoll, config.cloudPoll) : config.cloudPoll, seen }
  })
}
