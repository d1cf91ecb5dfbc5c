import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { currentCredential, requireUnshared, writeCredential } from '#clouds/clouds-file.ts'
import { createClouds, stampOfFiles } from '#clouds/connections.ts'

const fresh = { id: 'new-id', name: 'new-name', secret: 'new-secret' }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clouds-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(at(name), 'utf8')
const put = (name: string, text: string, mode = 0o600): void => writeFileSync(at(name), text, { mode })
const settings = (clouds: { name: string; entry?: string }[] = [{ name: 'arbutus' }]) => ({
  cloudsFile: at('clouds.yaml'),
  clouds,
})
const now = () => {
  const { credential } = currentCredential(settings(), 'arbutus')
  return { ...credential, secret: credential.secret.reveal() }
}
const write = (): void => writeCredential(settings(), 'arbutus', fresh, { since: stampOfFiles(at('clouds.yaml')) })
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) })

const base = `clouds:
  arbutus:
    auth:
      auth_url: https://arbutus   # Keystone
      application_credential_id: old-id
      application_credential_secret: old-secret
`

describe('another credential is written into the file', () => {
  test('as a whole: mode and owner are those of a file with secrets, and nothing is left beside it', () => {
    put('clouds.yaml', base, 0o644)
    const root = process.getuid?.() === 0
    if (root) chownSync(at('clouds.yaml'), 12_345, 12_346)
    const { ino, uid, gid } = statSync(at('clouds.yaml'))
    write()
    expect(now()).toMatchObject({ id: 'new-id', secret: 'new-secret' })
    expect(read('clouds.yaml')).toContain('# Keystone')
    const after = statSync(at('clouds.yaml'))
    expect(after).toMatchObject({ uid, gid })
    expect(after.ino).not.toBe(ino)
    expect((after.mode & 0o777).toString(8)).toBe('600')
    expect(readdirSync(folder)).toEqual(['clouds.yaml'])
  })

  test('behind a link, which stays one', () => {
    mkdirSync(at('real'))
    put('real/site.yaml', base)
    symlinkSync('real/site.yaml', at('clouds.yaml'))
    write()
    expect(read('real/site.yaml')).toContain('new-secret')
    expect(readdirSync(at('real'))).toEqual(['site.yaml'])
    expect(now()).toMatchObject({ id: 'new-id' })
  })

  test.each([
    [
      'has both',
      { clouds: 'auth_url: https://u', secure: 'application_credential_id: a, application_credential_secret: b' },
    ],
    [
      'has the secret alone',
      { clouds: 'auth_url: https://u, application_credential_id: a', secure: 'application_credential_secret: b' },
    ],
    [
      'lies over another pair',
      {
        clouds: 'auth_url: https://u, application_credential_id: x, application_credential_secret: y',
        secure: 'application_credential_id: a, application_credential_secret: b',
      },
    ],
  ])('into secure.yaml, where that %s', (_what, { clouds, secure }) => {
    put('clouds.yaml', `clouds: {arbutus: {auth: {${clouds}}}}\n`)
    put('secure.yaml', `# hush\nclouds: {arbutus: {auth: {${secure}}}}\n`)
    write()
    expect(now()).toMatchObject({ id: 'new-id', secret: 'new-secret' })
    expect(read('secure.yaml')).toMatch(/^# hush\n.*"new-id".*"new-secret"/s)
    expect(read('clouds.yaml') + read('secure.yaml')).not.toMatch(/_id: a|_secret: b/)
  })

  test('and a worker process that runs uses it from its next piece of work on, from either file', async () => {
    put('clouds.yaml', 'clouds: {arbutus: {auth: {auth_url: "http://127.0.0.1:1", application_credential_id: a}}}\n')
    put('secure.yaml', 'clouds: {arbutus: {auth: {application_credential_secret: b}}}\n')
    const clouds = createClouds(settings())
    const used = () => clouds.batch('arbutus').config.credential
    expect(used()).toMatchObject({ id: 'a' })
    write()
    expect(used()).toMatchObject({ id: 'new-id' })
    put('secure.yaml', 'clouds: {arbutus: {auth: {application_credential_id: c, application_credential_secret: d}}}\n')
    expect(used()).toMatchObject({ id: 'c' })
    await clouds.close()
  })
})

describe('the file stays as it is', () => {
  test.each([
    [
      'the id and the secret cannot be replaced in one step',
      'CredentialNotReplaceable',
      'auth_url: https://u, application_credential_secret: b',
      'application_credential_id: a',
    ],
    ['the entry has a password', 'NoApplicationCredential', 'auth_url: https://u, username: n, password: p', ''],
  ])('if %s', (_why, code, clouds, secure) => {
    put('clouds.yaml', `clouds: {arbutus: {auth: {${clouds}}}}\n`)
    put('secure.yaml', `clouds: {arbutus: {auth: {${secure}}}}\n`)
    const before = read('clouds.yaml') + read('secure.yaml')
    expect(write).toThrow(refused(code))
    expect(read('clouds.yaml') + read('secure.yaml')).toBe(before)
    expect(readdirSync(folder).toSorted()).toEqual(['clouds.yaml', 'secure.yaml'])
  })

  test('in a rehearsal', () => {
    put('clouds.yaml', base)
    const before = stampOfFiles(at('clouds.yaml'))
    writeCredential(settings(), 'arbutus', fresh, { rehearse: true })
    expect(stampOfFiles(at('clouds.yaml'))).toBe(before)
    expect(readdirSync(folder)).toEqual(['clouds.yaml'])
  })

  test('if somebody has written it since it was decided to', () => {
    put('clouds.yaml', base)
    const since = stampOfFiles(at('clouds.yaml'))
    put('clouds.yaml', `${base}# mine\n`)
    expect(() => writeCredential(settings(), 'arbutus', fresh, { since })).toThrow(refused('CloudsFileChanged'))
    expect(read('clouds.yaml')).toBe(`${base}# mine\n`)
    expect(readdirSync(folder)).toEqual(['clouds.yaml'])
  })

  test('if nothing can be written beside it', () => {
    // a copy of it has a longer name than a file may have
    const cloudsFile = at(`${'c'.repeat(250)}.yml`)
    writeFileSync(cloudsFile, base)
    const own = { ...settings(), cloudsFile }
    const rehearse = () => writeCredential(own, 'arbutus', fresh, { rehearse: true })
    expect(rehearse).toThrow(refused('CloudsFileClosed'))
    expect(readFileSync(cloudsFile, 'utf8')).toBe(base)
  })
})

test('what a killed process has left beside it goes, and nothing else', () => {
  put('clouds.yaml', base)
  const others = ['.clouds.yaml.swp', '.other.yaml.12.new', '.clouds.yaml.7.new', 'clouds.yaml.new']
  for (const name of others) {
    put(name, 'secret')
    utimesSync(at(name), 0, 0)
  }
  put('.clouds.yaml.8.new', 'of a process that is at it')
  write()
  expect(readdirSync(folder).toSorted()).toEqual(
    ['.clouds.yaml.8.new', 'clouds.yaml', ...others.filter((name) => name !== '.clouds.yaml.7.new')].toSorted(),
  )
})

describe('a credential that several have is not rotated under the others', () => {
  const shared = `${base}  west:\n    auth: {auth_url: https://w, application_credential_id: old-id, application_credential_secret: old-secret}\n  broken: {}\n`

  test('another entry', () => {
    put('clouds.yaml', shared)
    expect(() => requireUnshared(settings(), 'arbutus')).toThrow(refused('CredentialShared'))
    expect(() => requireUnshared(settings(), 'arbutus')).toThrow(/west/)
  })

  test('another cloud of the configuration', () => {
    put('clouds.yaml', base)
    const two = settings([{ name: 'arbutus' }, { name: 'arbutus-2', entry: 'arbutus' }])
    expect(() => requireUnshared(two, 'arbutus')).toThrow(/the cloud arbutus-2/)
    expect(() => requireUnshared(settings(), 'arbutus')).not.toThrow()
  })
})
