import { expect, it } from 'vitest'
import fc from 'fast-check'
import {
  isRunning,
  ownLine,
  parseStat,
  type ProcessRow,
  thisProcess,
  withDescendants,
} from '#testbed/instance/process-table.ts'

const stat = (pid: number, comm: string, parent: number, start: string): string =>
  `${pid} (${comm}) S ${parent} 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${start} 2 3`

it('reads a stat line whatever the program is called', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), fc.integer({ min: 1, max: 4_194_304 }), (comm, pid) => {
      expect(parseStat(stat(pid, comm, 1, '987654'))).toEqual({
        pid,
        parent: 1,
        command: comm,
        state: 'S',
        start: '987654',
      })
    }),
  )
  expect(parseStat('')).toBeUndefined()
})

it('knows a process by its start, not by its pid alone', () => {
  const self = thisProcess()
  expect(isRunning(self)).toBe(true)
  expect(isRunning({ ...self, start: '1' })).toBe(false)
  expect(ownLine().has(process.ppid)).toBe(true)
})

it('lists parents before children, and nobody below a reused pid', () => {
  const row = (pid: number, parent: number): ProcessRow => ({ pid, parent, start: `${pid}0`, state: 'S', command: 'x' })
  const table = [row(30, 20), row(20, 10), row(10, 1), row(40, 1), row(50, 40)]
  expect(withDescendants([{ pid: 10, start: '100' }], table).map((ref) => ref.pid)).toEqual([10, 20, 30])
  expect(withDescendants([{ pid: 40, start: 'another' }], table)).toEqual([])
})
