import { expect, test } from 'vitest'
import { readEventLog } from './event-log.ts'

const log = `008 (-01.-01.-01) 2026-11-21 11:38:46Z Global JobLog: ctime=1795261126
...
000 (001.000.000) 2026-11-21 11:38:46Z Job submitted from host: <127.111.129.1:9618?addrs=127.111.129.1-9618>
...
001 (012.003.000) 2026-11-21 11:38:49Z Job executing on host: <127.111.129.10:45675?alias=canfar-arbutus-897cc97c253e4b69.pool.test>
	SlotName: slot1_1@canfar-arbutus-897cc97c253e4b69.pool.test
	Cpus = 2
...
028 (012.003.000) 2026-11-21 11:38:49Z Job ad information event triggered.
SlotName = "slot1_1@canfar-arbutus-897cc97c253e4b69.pool.test"
...
004 (012.003.000) 2026-11-21 11:38:50Z Job was evicted.
	(0) CPU times
...
`

test('events of jobs, with where they were put', () => {
  const at = Date.parse('2026-11-21T11:38:46Z')
  expect(readEventLog(log)).toEqual([
    { kind: 0, job: '1.0', at },
    { kind: 1, job: '12.3', at: at + 3000, vm: 'canfar-arbutus-897cc97c253e4b69' },
    { kind: 28, job: '12.3', at: at + 3000 },
    { kind: 4, job: '12.3', at: at + 4000 },
  ])
})
