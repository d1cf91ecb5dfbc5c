import type { GuestRecord } from './record.ts'

export interface Situation {
  /** What the cloud wants: the server's file says on or off, or there is none. */
  wanted: 'on' | 'off' | 'absent'
  /** What we remember; undefined = never heard of. */
  state: GuestRecord['state'] | undefined
  /** Its first process has been seen since the last boot. */
  started: boolean
  running: boolean
  /** The cloud was told that the guest is off, and has left it at that. */
  reportedOff: boolean
}

/**
 * - `create`: prepare its disk, then boot · `boot`: its disk is there · `report`: tell the cloud that it ended
 * - `stop`: power off, disk kept · `destroy`: power off, nothing kept
 */
export type Step = 'nothing' | 'create' | 'boot' | 'report' | 'stop' | 'destroy'

/** What a hypervisor does next about one server. */
export function decide({ wanted, state, started, running, reportedOff }: Situation): Step {
  if (wanted === 'absent') return 'destroy'
  if (wanted === 'off') return state === undefined || state === 'stopped' ? 'nothing' : 'stop'
  if (state === undefined) return 'create'
  if (state === 'stopped') return 'boot'
  if (state === 'ended') return reportedOff ? 'nothing' : 'boot'
  if (running) return 'nothing'
  return started ? 'report' : 'boot'
}
