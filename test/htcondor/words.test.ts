import { describe, expect, it } from 'vitest'
import { parseTotals } from '#htcondor/act-on-jobs.ts'
import { admitsFailure, asCondorError } from '#htcondor/classify.ts'
import { quoteText } from '#htcondor/expression.ts'
import { literalOf, readAds } from '#htcondor/long-ad.ts'
import { submitFault } from '#htcondor/submit-fault.ts'
import { parseQueueTotals } from '#htcondor/totals.ts'

// as HTCondor 23.9.6 said it
const said = {
  away: "Error: Can't find address for schedd central.pool.test\n\nExtra Info: You probably saw this error because the condor_schedd is not \nrunning",
  awaySubmit: "\nERROR: Can't find address of local schedd",
  awayRelease: "condor_release: Can't find address for schedd central.pool.test",
  killed:
    '\n-- Failed to fetch ads from: <127.76.139.1:39227?alias=central.pool.test> : central.pool.test\nCEDAR:6001:Failed to connect to <127.76.139.1:39227>',
  hangs: "SECMAN:2007:Read failure during security negotiation.\nCouldn't find/release all jobs in cluster 3",
  dying:
    '\nERROR: Failed to connect to local queue manager\nSECMAN:2011:Connection closed during command authorization. Probably due to an unknown command.',
  collector:
    'Error: communication error\nSECMAN:2011:Connection closed during command authorization. Probably due to an unknown command.',
  collectorDrain: 'ERROR: (null)',
  stranger:
    'Error: communication error\nAUTHENTICATE:1003:Failed to authenticate with any method\nAUTHENTICATE:1004:Failed to authenticate using IDTOKENS',
  key: 'Failed to generate a token.\nTOKEN:1:Failed to read file /etc/condor/passwords.d/POOL securely.',
  half: '\nERROR: Failed to create proc',
  limit: '\nERROR: Failed to create proc\nNumber of submitted jobs would exceed MAX_JOBS_PER_OWNER',
  rule: '\n\nERROR: Failed to commit job submission into the queue.\nERROR: memory must be large',
  commit: '\n\nERROR: Failed to commit job submission into the queue.\nERROR: Failed to end transaction',
  write:
    '\nERROR: Failed to connect to local queue manager\nSECMAN:2010:Received "DENIED" from server for user ada@pool.test using method FS.',
  nobody: "\nCouldn't find/remove all jobs matching constraint (ClusterId==99999)",
  machine: "ERROR: Can't find address for startd nix.pool.test",
  constraint: '\n-- Parse error in constraint expression "JobStatus =="',
}

describe('what a tool says', () => {
  it.each([
    ['away', 'unreachable', true],
    ['awaySubmit', 'unreachable', true],
    ['awayRelease', 'unreachable', true],
    ['killed', 'unreachable', true],
    ['hangs', 'unreachable', true],
    ['dying', 'unreachable', true],
    ['collector', 'unreachable', true],
    ['collectorDrain', 'unreachable', true],
    ['stranger', 'denied', false],
    ['key', 'denied', false],
    ['half', 'unreachable', true],
    ['limit', 'refused', false],
    ['rule', 'refused', false],
    ['commit', 'unreachable', true],
    ['write', 'denied', false],
    ['nobody', 'not-found', false],
    ['machine', 'not-found', false],
    ['constraint', 'invalid', false],
  ] as const)('%s means %s', (which, code, retryable) => {
    expect(asCondorError('condor_tool', 1, said[which])).toMatchObject({
      code,
      retryable,
      tool: 'condor_tool',
      exitCode: 1,
    })
  })

  it('is a failure in some cases though it returned 0', () => {
    expect([said.killed, said.collector, said.away].map(admitsFailure)).toEqual([true, true, true])
    expect(admitsFailure("WARNING: the line 'unused_thing = 3' was unused by condor_submit. Is it a typo?")).toBe(false)
  })

  it('is told with the reason of the schedd', () => {
    const message = (stderr: string) => asCondorError('condor_submit', 1, stderr).message
    expect(message(said.limit)).toBe('condor_submit: Number of submitted jobs would exceed MAX_JOBS_PER_OWNER')
    expect(message(said.rule)).toBe('condor_submit: memory must be large')
  })

  it('is told without its advice', () => {
    expect(asCondorError('condor_q', 1, said.away).message).toBe(
      "condor_q: Error: Can't find address for schedd central.pool.test",
    )
    expect(asCondorError('condor_q', 3, '').message).toBe('condor_q: exit code 3')
  })
})

describe('what condor_submit says of a file', () => {
  it.each([
    [
      '\nERROR: on Line 2 of submit file: \n\nERROR: Failed to parse command file (line 2).',
      { line: 2, message: 'this line cannot be understood' },
    ],
    [
      '\nERROR: on Line 3 of submit file: invalid Queue statement\n\nERROR: Failed to parse command file (line 3).',
      { line: 3, message: 'invalid Queue statement' },
    ],
    [
      '\nERROR: on Line 2 of submit file: \nSubmit:-1:Error "nofile.txt", Line 0, Include Depth 1: can\'t open file nofile.txt: No such file or directory\n\nERROR: Failed to parse command file (line 2).',
      { line: 2, message: "can't open file nofile.txt: No such file or directory" },
    ],
    [
      '\nERROR: on Line 2 of submit file: invalid queue statement.\nSubmit:-1:Error "e17.sub", Line 2: cannot parse: $(x:y\n',
      { line: 2, message: 'cannot parse: $(x:y' },
    ],
    [
      'ERROR: Parse error in expression: \n\tFoo = abc def\n\t',
      { attribute: 'Foo', message: 'Foo cannot be read as an expression: abc def' },
    ],
    ["ERROR: I don't know about the 'bogus' universe.", { message: "I don't know about the 'bogus' universe." }],
    [
      '\nWarning: Use of multiple queue statements\n\nERROR: unable to read proxy file',
      { message: 'unable to read proxy file' },
    ],
  ])('%j', (stderr, fault) => {
    expect(submitFault(stderr)).toEqual(fault)
  })

  it('may be nothing', () => {
    expect(submitFault('')).toBeUndefined()
    expect(submitFault('WARNING: the line was unused')).toBeUndefined()
  })
})

describe('totals', () => {
  it('of an action', () => {
    expect(
      parseTotals('2 Succeeded, 0 Failed, 0 Not Found, 0 Bad Status, 0 Already Done, 1 Permission Denied\nAll jobs …'),
    ).toEqual({ done: 2, denied: 1 })
    expect(parseTotals('')).toBeUndefined()
  })

  it('of a queue', () => {
    const json =
      '[\n{\n  "AllusersCompleted": 0,\n  "AllusersHeld": 2,\n  "AllusersIdle": 5,\n  "AllusersJobs": 8,\n  "AllusersRemoved": 0,\n  "AllusersRunning": 1,\n  "AllusersSchedulerIdle": 9,\n  "AllusersSuspended": 0,\n  "Idle": 3\n}\n]'
    expect(parseQueueTotals(json)).toEqual({
      jobs: 8,
      idle: 5,
      running: 1,
      held: 2,
      completed: 0,
      removed: 0,
      suspended: 0,
    })
    expect(parseQueueTotals('')).toBeUndefined()
  })
})

describe('ads in long form', () => {
  it('are set apart by blank lines, with blanks around = or without', async () => {
    const lines = ['ClusterId=1', 'Cmd="/bin/sh"', '', 'ProcId = 2', 'Requirements = (a == "x = y")', '']
    const ads: unknown[] = []
    for await (const ad of readAds(lines)) ads.push(ad)
    expect(ads).toEqual([
      { ClusterId: '1', Cmd: '"/bin/sh"' },
      { ProcId: '2', Requirements: '(a == "x = y")' },
    ])
  })

  it('have literals', () => {
    expect(['1', '0.5', '"a \\"b\\""', 'a + 1', '"a" + "b"', undefined].map(literalOf)).toEqual([
      1,
      0.5,
      'a "b"',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('text in an expression', () => {
  it('cannot leave its quotes', () => {
    expect(quoteText('a b@pool.test')).toBe('"a b@pool.test"')
    for (const bad of ['a" || true || "', 'a\\', 'a\nb', '\u0000']) expect(() => quoteText(bad)).toThrow(TypeError)
  })
})
