import { OpenStackError, waitForServer } from 'openstack-ts'
import { ownServers } from '#clouds/own-servers.ts'
import { askTrial, removeTrial, type Removal } from '#clouds/trial.ts'
import { failed, passed, warned, type Check } from '#domain/check.ts'
import { judgeTrial, type TrialOrder } from '#domain/cloud-check/trial.ts'
import { Problem } from '#domain/problem.ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import type { TrialBoot } from '../types.ts'
import { prepareTrial, type Prepared, type TrialGround } from './trial-order.ts'
import type { TrialRecord } from './trial-records.ts'

/** So long a deletion may take, ms; it is forced before that. */
const deletionMs = 5 * 60_000

const deleted = 'boot: deleted'

/**
 * Boots one server as worker VMs are booted, looks at it, and deletes it until the cloud says that it is gone: whatever fails,
 * and also if whoever asked for it does not want to wait any more.
 */
export async function* bootTrial(ground: TrialGround, boot: TrialBoot): AsyncGenerator<Check> {
  yield* removeLeft(ground)
  if (ground.signal.aborted) return
  let prepared: Prepared
  try {
    prepared = await prepareTrial(ground, boot)
  } catch (error) {
    yield refusal('boot', error)
    return
  }
  const { order, proof, wish } = prepared
  const { createCall, createLookup } = ground.config.deadlines
  const record: TrialRecord = { cloud: ground.policy.name, at: Date.now(), pid: process.pid, proof }
  // before it is asked for: a process that is killed from here on leaves word of it
  await ground.records.keep(record)
  let removal: Removal = { found: false, left: [] }
  let lost = true
  try {
    const start = performance.now()
    const asked = await askTrial(ground.cloud, wish, createCall)
    lost = 'lost' in asked
    if ('refused' in asked) yield refusal('boot', asked.refused)
    if ('lost' in asked) yield failed('boot', asked.lost.message, 'It is looked for, and deleted if it appears.')
    if ('id' in asked) {
      record.proof = { ...proof, serverId: asked.id }
      await ground.records.keep(record)
      yield passed('boot', `${proof.vm} (${asked.id}) of ${order.image.name} and ${order.flavor.name}`)
      yield* lookAt(ground, asked.id, order, start)
    }
  } finally {
    const appear = lost ? createLookup : 0
    removal = await removeTrial(ground.cloud, record.proof, { appear, within: appear + deletionMs })
    if (removal.left.length === 0 && (removal.found || !lost)) await ground.records.forget(proof.vm)
  }
  yield ofRemoval(deleted, ground, proof.vm, removal, lost)
}

async function* lookAt(
  { cloud, config, signal }: TrialGround,
  id: string,
  order: TrialOrder,
  start: number,
): AsyncGenerator<Check> {
  const limit = config.deadlines.building
  try {
    const server = await waitForServer(cloud.compute.servers, id, 'ACTIVE', {
      deadlineMs: limit,
      intervalMs: 1000,
      signal,
    })
    const seconds = Math.ceil((performance.now() - start) / 1000)
    yield passed('boot: active', `after ${seconds} s of at most ${Math.round(limit / 1000)} s`)
    yield* judgeTrial(server, order)
  } catch (error) {
    if (!OpenStackError.is(error)) throw error
    yield refusal('boot: active', error)
  }
}

function refusal(name: string, error: unknown): Check {
  if (error instanceof Problem) {
    const { message, details, next } = error.data
    return failed(name, [message, ...(details ?? [])].join('; '), next ?? 'Look at the checks above.')
  }
  if (!OpenStackError.is(error)) throw error
  const next: Partial<Record<OpenStackError['code'], string>> = {
    Aborted: 'It is deleted; check again.',
    NoValidHost: 'Ask the cloud’s operators for room, or try another --flavor.',
    QuotaExceeded: 'Ask the cloud’s operators for more quota.',
    Forbidden: 'Ask the cloud’s operators for a role that may create servers.',
    WaitTimeout: 'Ask the cloud’s operators; "deadlines.building" is how long a VM may take.',
  }
  return failed(name, error.message, next[error.code] ?? 'Ask the cloud’s operators, with the request’s id.')
}

function ofRemoval(name: string, ground: TrialGround, vm: string, removal: Removal, lost: boolean): Check {
  if (removal.left.length > 0) {
    return failed(
      name,
      `left on ${ground.policy.name}: ${removal.left.join('; ')}, of ${vm}`,
      `canfar-batch cloud check ${ground.policy.name} --boot tries again; or delete it by hand.`,
    )
  }
  if (removal.found) return passed(name, `${vm} is gone, and nothing of it is left`)
  if (!lost) return passed(name, 'there was nothing to delete')
  return warned(
    name,
    `no server ${vm} has appeared`,
    `If it comes late, canfar-batch cleanup plan ${ground.policy.name} names it; the next check deletes it.`,
  )
}

/** What a check that was killed has left, as far as it is still there. */
export async function* reportLeft(ground: TrialGround): AsyncGenerator<Check> {
  for (const { proof } of await left(ground)) {
    const servers = await ownServers(ground.cloud, proof, { signal: ground.signal }).catch((error: unknown) => {
      if (OpenStackError.is(error)) return undefined
      throw error
    })
    const there = servers?.ours.filter(({ status }) => meaningOf(status) !== 'gone') ?? []
    for (const { id } of there) {
      const next = `canfar-batch cloud check ${ground.policy.name} --boot deletes it.`
      yield failed('left over', `server ${id}, ${proof.vm}, of a check that was killed`, next)
    }
  }
}

async function* removeLeft(ground: TrialGround): AsyncGenerator<Check> {
  for (const { proof, at } of await left(ground)) {
    if (ground.signal.aborted) return
    const removal = await removeTrial(ground.cloud, proof, { appear: 0, within: deletionMs })
    const tooOld = Date.now() - at > ground.config.deadlines.createLookup
    if (removal.left.length === 0 && (removal.found || tooOld)) await ground.records.forget(proof.vm)
    if (removal.found) yield ofRemoval('left over', ground, proof.vm, removal, false)
  }
}

const left = ({ records, policy, config }: TrialGround): Promise<TrialRecord[]> =>
  records.left(policy.name, config.controlPlane)
