import type { Server, VmState } from './types.ts'

/** nova/api/openstack/common.py: the status that the API shows, by vm_state and, where it matters, task_state. */
const PLAIN: Record<VmState, string> = {
  active: 'ACTIVE',
  building: 'BUILD',
  stopped: 'SHUTOFF',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  rescued: 'RESCUE',
  resized: 'VERIFY_RESIZE',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
  'soft-delete': 'SOFT_DELETED',
  error: 'ERROR',
  deleted: 'DELETED',
}
const BY_TASK: Record<string, string> = {
  rebooting: 'REBOOT',
  reboot_pending: 'REBOOT',
  reboot_started: 'REBOOT',
  rebooting_hard: 'HARD_REBOOT',
  migrating: 'MIGRATING',
  rebuilding: 'REBUILD',
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  updating_password: 'PASSWORD',
}

export const statusOf = (server: Pick<Server, 'vmState' | 'taskState'>): string =>
  (server.vmState === 'active' && server.taskState !== null ? BY_TASK[server.taskState] : undefined) ??
  PLAIN[server.vmState]

/** What an administrator's hand makes of a server, by the status that it should show then. */
export const STATES: Record<string, Pick<Server, 'vmState' | 'taskState' | 'powerState'>> = {
  BUILD: { vmState: 'building', taskState: 'spawning', powerState: 0 },
  ACTIVE: { vmState: 'active', taskState: null, powerState: 1 },
  SHUTOFF: { vmState: 'stopped', taskState: null, powerState: 4 },
  PAUSED: { vmState: 'paused', taskState: null, powerState: 3 },
  SUSPENDED: { vmState: 'suspended', taskState: null, powerState: 7 },
  RESCUE: { vmState: 'rescued', taskState: null, powerState: 1 },
  ERROR: { vmState: 'error', taskState: null, powerState: 0 },
  SOFT_DELETED: { vmState: 'soft-delete', taskState: null, powerState: 4 },
  SHELVED: { vmState: 'shelved', taskState: null, powerState: 4 },
  SHELVED_OFFLOADED: { vmState: 'shelved_offloaded', taskState: null, powerState: 0 },
  VERIFY_RESIZE: { vmState: 'resized', taskState: null, powerState: 1 },
  MIGRATING: { vmState: 'active', taskState: 'migrating', powerState: 1 },
  REBOOT: { vmState: 'active', taskState: 'rebooting', powerState: 1 },
  HARD_REBOOT: { vmState: 'active', taskState: 'rebooting_hard', powerState: 1 },
}

/** Still there for its owner. */
export const isLive = (server: Server): boolean => !server.vanished && server.vmState !== 'deleted'

/** Whether a hypervisor runs it: null = it has no guest at all. */
export function guestPower(server: Server): 'on' | 'off' | null {
  if (!isLive(server) || server.launchedAt === null || server.vmState === 'building') return null
  if (server.vmState === 'shelved_offloaded') return null
  if (server.taskState === 'rebooting' || server.taskState === 'rebooting_hard') return 'off'
  return server.vmState === 'active' ||
    server.vmState === 'rescued' ||
    server.vmState === 'error' ||
    server.vmState === 'resized'
    ? 'on'
    : 'off'
}
