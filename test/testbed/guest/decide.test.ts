import { describe, expect, it } from 'vitest'
import { decide, type Situation } from '#testbed/guest/decide.ts'

const running: Situation = { wanted: 'on', state: 'ready', started: true, running: true, reportedOff: false }

describe('what a hypervisor does next', () => {
  it.each<[string, Partial<Situation>, string]>([
    ['a new server', { state: undefined, started: false, running: false }, 'create'],
    ['a running one', {}, 'nothing'],
    ['one that was prepared when the runner died', { started: false, running: false }, 'boot'],
    ['one that ended by itself', { running: false }, 'report'],
    ['one that ended and was reported', { state: 'ended', running: false, reportedOff: true }, 'nothing'],
    ['one that ended and whose report the cloud took away', { state: 'ended', running: false }, 'boot'],
    ['one that was off and is on again', { state: 'stopped', running: false }, 'boot'],
    ['one that is switched off', { wanted: 'off' }, 'stop'],
    [
      'one that ended and is switched off',
      { wanted: 'off', state: 'ended', running: false, reportedOff: true },
      'stop',
    ],
    ['one that is off', { wanted: 'off', state: 'stopped', running: false }, 'nothing'],
    ['one that was never on', { wanted: 'off', state: undefined, started: false, running: false }, 'nothing'],
    ['one that is gone', { wanted: 'absent' }, 'destroy'],
    ['one that is gone and had ended', { wanted: 'absent', state: 'ended', running: false }, 'destroy'],
    ['a half-made one that is gone', { wanted: 'absent', state: undefined, started: false, running: false }, 'destroy'],
  ])('%s', (_, difference, step) => {
    expect(decide({ ...running, ...difference })).toBe(step)
  })

  it('never boots what runs', () => {
    for (const wanted of ['on', 'off', 'absent'] as const) {
      for (const reportedOff of [true, false]) {
        expect(['boot', 'create']).not.toContain(decide({ ...running, wanted, reportedOff }))
      }
    }
  })
})
