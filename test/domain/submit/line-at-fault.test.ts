import { expect, test } from 'vitest'
import { lineAtFault } from '#domain/submit/line-at-fault.ts'

const file = `executable = job.sh
request_memory = 1
+RequestMemory = 2 +
notification = sometimes
periodic_remove = ((
queue 2
`

test('the last line that sets the attribute, however it is spelled', () => {
  expect(lineAtFault(file, { message: 'no', attribute: 'RequestMemory' })).toBe(3)
  expect(lineAtFault(file, { message: 'no', attribute: 'PeriodicRemove' })).toBe(5)
  expect(lineAtFault(file, { message: 'no', attribute: 'Rank' })).toBeUndefined()
})

test('without an attribute, the only line whose name the message says', () => {
  expect(lineAtFault(file, { message: "Notification must be 'Never'" })).toBe(4)
  expect(lineAtFault(file, { message: 'notification and executable' })).toBeUndefined()
  expect(lineAtFault(file, { message: 'something else' })).toBeUndefined()
})
