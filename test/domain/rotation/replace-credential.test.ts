import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Problem } from '#domain/problem.ts'
import { replaceCredential } from '#domain/rotation/replace-credential.ts'

const fresh = { id: '0123e567', name: 'new-name', secret: '-a_B: #"\\' }
const replace = (text: string, entry = 'arbutus') => replaceCredential(text, entry, fresh, '/etc/clouds.yaml')

const whole = `# the batch projects
clouds:
  east:   # not this one
    auth: { auth_url: https://east, application_credential_id: e1, application_credential_secret: 'keep' }

  arbutus:
    auth_type:   v3applicationcredential
    # since 2026-05
    auth:
      auth_url: https://arbutus
      application_credential_id: old-id      # of ops
      application_credential_secret: "old\\tsecret"
    region_name: RegionOne
other: [1,   2]
`

describe('another credential in an entry', () => {
  test('changes its id and secret, and not one byte beside', () => {
    const text = replace(whole)
    expect(text).toBe(whole.replace('old-id', '"0123e567"').replace('"old\\tsecret"', JSON.stringify(fresh.secret)))
    expect(parse(text)).toMatchObject({
      clouds: {
        arbutus: { auth: { application_credential_id: '0123e567', application_credential_secret: fresh.secret } },
      },
    })
  })

  test.each([
    [
      'in a flow mapping',
      '{clouds: {arbutus: {auth: {auth_url: u, application_credential_id: a, application_credential_secret: b}}}}',
    ],
    [
      'in JSON',
      '{"clouds":{"arbutus":{"auth":{"application_credential_id":"a","application_credential_secret":"b"}}}}',
    ],
    [
      'beside auth, as in old files',
      'clouds:\n  arbutus:\n    auth: {auth_url: u}\n    application_credential_id: a\n    application_credential_secret: b\n',
    ],
    [
      'with other dashes',
      'clouds:\n  arbutus:\n    auth:\n      application-credential-id: a\n      application-credential-secret: b\n',
    ],
    [
      'with a secret that looks like a number',
      'clouds:\n  arbutus:\n    auth:\n      application_credential_id: 12\n      application_credential_secret: 0x1f\n',
    ],
    [
      'with the line ends of Windows',
      'clouds:\r\n  arbutus:\r\n    auth:\r\n      application_credential_id: a\r\n      application_credential_secret: b\r\n',
    ],
  ])('%s', (_where, text) => {
    const words = JSON.stringify(parse(replace(text)))
    expect(words).toContain(JSON.stringify(fresh.id))
    expect(words).toContain(JSON.stringify(fresh.secret))
  })

  test('by name replaces the name', () => {
    const text =
      'clouds:\n  arbutus:\n    auth:\n      username: ops\n      application_credential_name: a\n      application_credential_secret: b\n'
    expect(parse(replace(text))).toEqual({
      clouds: {
        arbutus: {
          auth: {
            username: 'ops',
            application_credential_name: 'new-name',
            application_credential_secret: fresh.secret,
          },
        },
      },
    })
  })

  test.each([
    ['clouds:\n  arbutus:\n    auth:\n      # hush\n      application_credential_secret: b # old\n', 'block'],
    ['{"clouds":{"arbutus":{"auth":{"application_credential_secret":"b"}}}}', 'JSON'],
    ['clouds: {arbutus: {auth: {application_credential_secret: b}}}', 'flow'],
  ])('gets its id beside a secret that stands alone, as in a secure.yaml: %s', (text) => {
    expect(parse(replace(text))).toEqual({
      clouds: {
        arbutus: { auth: { application_credential_id: '0123e567', application_credential_secret: fresh.secret } },
      },
    })
  })

  test('is none in a file that has no part of it', () => {
    for (const text of [
      '',
      'clouds:\n  east: {auth: {application_credential_secret: b}}\n',
      'clouds:\n  arbutus: {region_name: r}\n',
    ])
      expect(replace(text)).toBe(text)
  })

  test('leaves everything else as it is, whatever stands there', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    const entry = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), scalar, { maxKeys: 4 })
    const tree = fc.record({
      others: fc.dictionary(fc.stringMatching(/^[b-z]{1,6}$/), entry),
      own: entry,
      auth: entry,
      old: fc.string(),
    })
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 2), ({ others, own, auth, old }, indent) => {
        const clouds = (id: string, secret: string) => ({
          ...others,
          arbutus: { ...own, auth: { ...auth, application_credential_id: id, application_credential_secret: secret } },
        })
        const text = JSON.stringify({ clouds: clouds(old, `${old}!`) }, undefined, indent)
        expect(parse(replace(text))).toEqual({ clouds: clouds(fresh.id, fresh.secret) })
      }),
    )
  })
})

describe('what it does not touch', () => {
  test.each([
    [
      'a credential that others share by an anchor',
      'clouds:\n  arbutus:\n    auth: &a {application_credential_id: x, application_credential_secret: b}\n  east:\n    auth: *a\n',
    ],
    [
      'one that stands with others',
      'x: &a {application_credential_id: x, application_credential_secret: b}\nclouds:\n  arbutus:\n    auth: *a\n',
    ],
    ['an entry that is another’s', 'clouds:\n  east: &e {auth: {application_credential_secret: b}}\n  arbutus: *e\n'],
    ['a secret that is another’s', 'x: &s b\nclouds:\n  arbutus:\n    auth: {application_credential_secret: *s}\n'],
    [
      'a secret of several lines',
      'clouds:\n  arbutus:\n    auth:\n      application_credential_secret: |\n        b\n',
    ],
    ['a secret that is empty', 'clouds:\n  arbutus:\n    auth:\n      application_credential_secret:\n'],
  ])('%s', (_what, text) => {
    expect(() => replace(text)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: 'CredentialNotReplaceable' }) }),
    )
  })

  test('a file that is no YAML; what it says of it quotes nothing of it', () => {
    const text = 'clouds:\n  arbutus: { auth: { application_credential_secret: hush'
    let error: unknown
    try {
      replace(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(Problem)
    expect(error).toMatchObject({
      data: { code: 'CloudsFileInvalid', where: expect.stringMatching(/^\/etc\/clouds.yaml:\d+$/) },
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('hush')
  })
})
