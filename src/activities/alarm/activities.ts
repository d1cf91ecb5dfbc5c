import { log } from '@temporalio/activity'

/** Something that a person must look at. Alarms are errors in the worker process's log, with a stable name to match on. */
export interface Alarm {
  alarm:
    | 'DeleteStuck'
    | 'TooManyVanished'
    | 'Impostor'
    | 'StrandedJobs'
    | 'Stuck'
    | 'Unproven'
    | 'RotationFailed'
    | 'RotationStuck'
  /** The VM, the cloud or the workflow. */
  subject: string
  note: string
}

export interface AlarmActivities {
  raiseAlarm(alarm: Alarm): Promise<void>
}

export function createAlarmActivities(): AlarmActivities {
  return {
    async raiseAlarm({ alarm, subject, note }) {
      log.error(`alarm: ${alarm}`, { alarm, subject, note })
    },
  }
}
