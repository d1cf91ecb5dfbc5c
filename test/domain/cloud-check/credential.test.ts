import { describe, expect, test } from 'vitest'
import { judgeAccessRules, type AccessRule, type RuledService } from '#domain/cloud-check/access-rules.ts'
import { judgeCredential, type CredentialFacts } from '#domain/cloud-check/credential.ts'
import { judgeProject, judgeRoles } from '#domain/cloud-check/project.ts'

const day = 86_400_000
const now = Date.UTC(2026, 10, 26)

describe('credential', () => {
  const facts: CredentialFacts = {
    kind: 'application credential',
    user: 'batch',
    name: 'site',
    restricted: true,
    expires: 'never',
  }
  const judged = (more: Partial<CredentialFacts>) =>
    Object.fromEntries(
      judgeCredential(more.kind ?? facts.kind, { seen: { ...facts, ...more } }, now).map((check) => [
        check.name,
        check,
      ]),
    )

  test('that is taken, for ever, and can do no more than it must', () => {
    expect(judged({})).toMatchObject({
      credential: { ok: true, detail: 'application credential site of batch' },
      'credential expiry': { ok: true, detail: 'none' },
      'credential rights': { ok: true },
    })
  })

  test.each([
    [29 * day, true, '2026-12-25T00:00 UTC, in 29 days'],
    [28 * day, 'warn', 'in 28 days'],
    [day / 2, 'warn', '2026-11-26T12:00 UTC, in 0 days'],
  ])('expires in %d ms: %s', (left, ok, detail) => {
    expect(judged({ expires: now + left })['credential expiry']).toMatchObject({
      ok,
      detail: expect.stringContaining(detail),
    })
  })

  test('whose end is not told is a warning; a token is no credential for long', () => {
    expect(judged({ expires: { unknown: 'its rules forbid to ask' } })['credential expiry']).toMatchObject({
      ok: 'warn',
      detail: 'not known: its rules forbid to ask',
    })
    expect(judged({ kind: 'token', expires: now + 300 * day })['credential expiry']).toMatchObject({ ok: false })
  })

  test('that is unrestricted is warned of; a password is neither', () => {
    expect(judged({ restricted: false })['credential rights']).toMatchObject({ ok: 'warn' })
    const { restricted: _none, name: _neither, ...password } = facts
    const [credential, , rights] = judgeCredential('password', { seen: { ...password, kind: 'password' } }, now)
    expect([credential?.detail, rights?.ok]).toEqual(['password of batch', 'skipped'])
  })

  test.each([
    ['Unauthorized', 'identity: 401', /refuses the password: it is wrong, expired or deleted/, /Make a new one/],
    ['BadReply', 'the reply is not a token', /not a token/, /Correct auth_url/],
    ['ConnectionFailed', 'connect ECONNREFUSED 10.0.0.1:5000', /ECONNREFUSED/, /Try again/],
    ['TlsRefused', 'self-signed certificate', /self-signed/, /cacert/],
  ])('that gives no token (%s) is one failure', (code, why, detail, next) => {
    const checks = judgeCredential('password', { code, why }, now)
    expect(checks).toHaveLength(1)
    expect(checks[0]).toMatchObject({ name: 'credential', ok: false, next: expect.stringMatching(next) })
    expect(checks[0]?.detail).toMatch(detail)
  })
})

describe('access rules', () => {
  const compute: RuledService = { service: 'compute', base: '/compute/v2.1', refuses: false }
  const volumes: RuledService = { service: 'block-storage', base: '/v3/p1', refuses: false }
  const all = (service: string, path: string): AccessRule[] =>
    ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({ service, method, path }))

  test('none are none; those that allow everything that is asked are fine', () => {
    expect(judgeAccessRules(null, [])).toMatchObject({ ok: 'skipped' })
    const rules = [...all('compute', '/compute/v2.1/**'), ...all('volumev3', '/v3/{project_id}/**')]
    expect(judgeAccessRules(rules, [compute, volumes])).toMatchObject({ ok: true })
  })

  test('what they do not allow is named, call by call', () => {
    const rules = all('compute', '/compute/v2.1/**').filter(({ method }) => method !== 'DELETE')
    expect(judgeAccessRules(rules, [compute])).toMatchObject({
      ok: false,
      detail: 'they do not allow compute: DELETE /servers/*',
    })
    expect(judgeAccessRules(rules, [volumes]).detail).toContain('block-storage: GET /limits')
  })

  test.each([
    ['/compute/v2.1/servers/*', false, 'one part is not all parts'],
    ['/compute/v2.1/*', false, 'nor is it two'],
    ['/v2.1/**', false, 'the path is the service’s own, from its beginning'],
    ['/compute/v2x1/**', false, 'a dot is a dot'],
    ['/compute/v2.1/**', true, ''],
  ])('%s', (path, ok) => {
    expect(judgeAccessRules(all('compute', path), [compute]).ok).toBe(ok)
  })

  test('a service that refuses what they allow was not told its own type', () => {
    const rules = all('compute', '/compute/v2.1/**')
    expect(judgeAccessRules(rules, [{ ...compute, refuses: true }])).toMatchObject({
      ok: false,
      detail: expect.stringContaining('refused by compute'),
      next: expect.stringContaining('service_type'),
    })
  })
})

test.each([
  [['member', 'reader'], true, ''],
  [['_member_'], true, ''],
  [['Member'], true, ''],
  [['reader'], false, 'reader only: it can boot no VM'],
  [[], false, 'none'],
  [['admin', 'member'], 'warn', 'far more than is needed'],
  [['astronomer', 'reader'], 'warn', 'whether they may create servers'],
] as const)('roles %j', (roles, ok, detail) => {
  expect(judgeRoles(roles)).toMatchObject({ ok, detail: expect.stringContaining(detail) })
})

describe('batch project', () => {
  const project = { id: 'p1', name: 'canfar-batch' }

  test.each([
    [project, { vms: ['p1', 'p1'], worker: 'p1' }, true, 'canfar-batch (p1)'],
    [project, { vms: [], worker: undefined }, true, 'canfar-batch (p1)'],
    [project, { unknown: 'Temporal does not answer' }, true, 'not compared'],
    [project, { vms: ['p1', 'p2', 'p2'], worker: 'p1' }, false, '2 VMs of the pool are in p2'],
    [project, { vms: [], worker: 'p2' }, 'warn', 'the worker process works in p2'],
    [undefined, { vms: [], worker: undefined }, false, 'for no project'],
  ] as const)('%o, on record %o', (own, record, ok, detail) => {
    expect(judgeProject(own, record)).toMatchObject({ ok, detail: expect.stringContaining(detail) })
  })
})
