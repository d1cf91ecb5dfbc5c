import type { Cloud } from '../cloud.ts'
import { isAdmin, mayWrite, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { hexId, uuid } from '../ids.ts'
import { startSnapshot } from '../image/snapshot.ts'
import { badRequest, conflict } from '../refusal.ts'
import { isVolumeBacked } from './boot-devices.ts'
import { beginDelete } from './deletion.ts'
import { novaForbids } from './rights.ts'
import { STATES } from './status.ts'
import type { Server, VmState } from './types.ts'

interface Move {
  /** What Nova calls the action in its refusal. */
  verb: string
  from: VmState[]
  task: string
  to: VmState
  power: number
}

/** The actions that take a server from one resting state to another. */
const MOVES: Record<string, Move> = {
  'os-start': { verb: 'start', from: ['stopped'], task: 'powering-on', to: 'active', power: 1 },
  'os-stop': { verb: 'stop', from: ['active', 'error'], task: 'powering-off', to: 'stopped', power: 4 },
  pause: { verb: 'pause', from: ['active'], task: 'pausing', to: 'paused', power: 3 },
  unpause: { verb: 'unpause', from: ['paused'], task: 'unpausing', to: 'active', power: 1 },
  suspend: { verb: 'suspend', from: ['active'], task: 'suspending', to: 'suspended', power: 7 },
  resume: { verb: 'resume', from: ['suspended'], task: 'resuming', to: 'active', power: 1 },
  rescue: { verb: 'rescue', from: ['active', 'stopped', 'error'], task: 'rescuing', to: 'rescued', power: 1 },
  unrescue: { verb: 'unrescue', from: ['rescued'], task: 'unrescuing', to: 'active', power: 1 },
  shelve: {
    verb: 'shelve',
    from: ['active', 'stopped', 'paused', 'suspended'],
    task: 'shelving',
    to: 'shelved_offloaded',
    power: 0,
  },
  unshelve: { verb: 'unshelve', from: ['shelved', 'shelved_offloaded'], task: 'unshelving', to: 'active', power: 1 },
  changePassword: { verb: 'changePassword', from: ['active'], task: 'updating_password', to: 'active', power: 1 },
  shelveOffload: {
    verb: 'shelveOffload',
    from: ['shelved'],
    task: 'shelving_offloading',
    to: 'shelved_offloaded',
    power: 0,
  },
  restore: { verb: 'restore', from: ['soft-delete'], task: 'restoring', to: 'active', power: 1 },
}

/** What only administrators do, and Nova's rule for it. */
const ADMIN_RULES: Record<string, string> = {
  shelveOffload: 'os-shelve:shelve_offload',
  'os-resetState': 'os-admin-actions:reset_state',
  migrate: 'os-migrate-server:migrate',
  'os-migrateLive': 'os-migrate-server:migrate_live',
  evacuate: 'os-evacuate',
}

/** Nova's rules for what members do, where they are not called as the action is. */
const RULES: Record<string, string> = {
  'os-start': 'servers:start',
  'os-stop': 'servers:stop',
  createImage: 'servers:create_image',
  pause: 'os-pause-server:pause',
  unpause: 'os-pause-server:unpause',
  suspend: 'os-suspend-server:suspend',
  resume: 'os-suspend-server:resume',
  rescue: 'os-rescue',
  unrescue: 'os-unrescue',
  shelve: 'os-shelve:shelve',
  unshelve: 'os-shelve:unshelve',
  lock: 'os-lock-server:lock',
  unlock: 'os-lock-server:unlock',
  restore: 'os-deferred-delete:restore',
  forceDelete: 'os-deferred-delete:force',
  changePassword: 'os-admin-password',
  'os-getConsoleOutput': 'os-console-output',
}

export interface ActionAnswer {
  status: 200 | 202
  body?: unknown
  location?: string
}

/** Only an administrator acts on what its owner has locked. */
export function checkUnlocked(who: Principal, server: Server): void {
  if (server.lockedBy !== null && !isAdmin(who)) throw conflict(`Instance ${server.id} is locked`)
}

/** Performs `{name: args}` of POST /servers/ID/action. @throws Refusal 400, 403, 404 or 409 as Nova does. */
export function act(
  cloud: Cloud,
  who: Principal,
  microversion: number,
  server: Server,
  name: string,
  args: unknown,
): ActionAnswer {
  const rule = ADMIN_RULES[name]
  if (rule !== undefined && !isAdmin(who)) throw novaForbids(rule)
  if (!mayWrite(who)) throw novaForbids(RULES[name] ?? `servers:${name}`)
  const fields: Record<string, unknown> = typeof args === 'object' && args !== null ? { ...args } : {}
  const move = MOVES[name]
  if (move !== undefined) {
    if (name === 'changePassword' && typeof fields['adminPass'] !== 'string')
      throw badRequest("Invalid input for field/attribute changePassword. 'adminPass' is a required property")
    checkUnlocked(who, server)
    checkState(server, move.verb, move.from)
    go(cloud, server, move.task, move.to, move.power)
    return name === 'rescue' ? { status: 200, body: { adminPass: password(fields) } } : { status: 202 }
  }
  switch (name) {
    case 'reboot':
      return reboot(cloud, who, server, fields['type'])
    case 'lock': {
      const reason = microversion >= 73 && typeof fields['locked_reason'] === 'string' ? fields['locked_reason'] : null
      cloud.life.put({ ...server, lockedBy: isAdmin(who) ? 'admin' : 'owner', lockedReason: reason })
      return { status: 202 }
    }
    case 'unlock':
      if (server.lockedBy === 'admin' && !isAdmin(who)) throw novaForbids('os-lock-server:unlock:unlock_override')
      cloud.life.put({ ...server, lockedBy: null, lockedReason: null })
      return { status: 202 }
    case 'forceDelete':
      checkUnlocked(who, server)
      cloud.life.put(beginDelete(cloud, server, true))
      return { status: 202 }
    case 'os-resetState': {
      const to = fields['state'] === 'active' ? STATES['ACTIVE'] : STATES['ERROR']
      cloud.life.put({ ...server, ...to, due: null, stuck: false, updatedAt: cloud.now() })
      return { status: 202 }
    }
    case 'os-getConsoleOutput': {
      const lines = cloud.hypervisor.console(server.id).split('\n')
      const length = fields['length'] == null ? Infinity : Number(fields['length'])
      return { status: 200, body: { output: length < 0 ? lines.join('\n') : lines.slice(-length).join('\n') } }
    }
    case 'createImage':
      return snapshot(cloud, who, microversion, server, fields)
    default:
      throw badRequest(`There is no such action: ${name}`)
  }
}

/** The one that was asked for, or one that is made up, of Nova's usual length. */
function password(fields: Record<string, unknown>): string {
  return typeof fields['adminPass'] === 'string' ? fields['adminPass'] : hexId().slice(0, 12)
}

function checkState(server: Server, verb: string, from: VmState[]): void {
  if (server.taskState !== null)
    throw conflict(`Cannot '${verb}' instance ${server.id} while it is in task_state ${server.taskState}`)
  if (!from.includes(server.vmState))
    throw conflict(`Cannot '${verb}' instance ${server.id} while it is in vm_state ${server.vmState}`)
}

function go(cloud: Cloud, server: Server, task: string, to: VmState, power: number): void {
  const now = cloud.now()
  cloud.life.put({
    ...server,
    taskState: task,
    updatedAt: now,
    due: { at: now + cloud.timings().actionMs, event: 'settled', vmState: to, powerState: power },
  })
}

function reboot(cloud: Cloud, who: Principal, server: Server, type: unknown): ActionAnswer {
  if (type !== 'SOFT' && type !== 'HARD')
    throw badRequest(
      `Invalid input for field/attribute type. Value: ${String(type)}. It is not one of ['HARD', 'SOFT']`,
    )
  checkUnlocked(who, server)
  checkState(server, 'reboot', type === 'SOFT' ? ['active'] : ['active', 'stopped', 'paused', 'suspended', 'error'])
  // From any other state a hard reboot is a start.
  const task = server.vmState !== 'active' ? 'powering-on' : type === 'SOFT' ? 'rebooting' : 'rebooting_hard'
  go(cloud, server, task, 'active', 1)
  return { status: 202 }
}

function snapshot(
  cloud: Cloud,
  who: Principal,
  microversion: number,
  server: Server,
  fields: Record<string, unknown>,
): ActionAnswer {
  const { name, metadata = {} } = fields
  if (typeof name !== 'string' || name === '' || name.length > 255)
    throw badRequest("Invalid input for field/attribute name. 'name' is a required property")
  if (typeof metadata !== 'object' || metadata === null) throw badRequest('Invalid input for field/attribute metadata.')
  checkUnlocked(who, server)
  checkState(server, 'createImage', ['active', 'stopped', 'paused', 'suspended'])
  if (isVolumeBacked(server)) throw badRequest('This cloud takes no image of a server that runs from a volume.')
  const properties = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]))
  const imageId = uuid()
  startSnapshot(cloud, { id: imageId, name, owner: projectOf(who), properties, server })
  if (microversion >= 45) return { status: 202, body: { image_id: imageId } }
  return { status: 202, location: `${cloud.url}/compute/images/${imageId}` }
}
