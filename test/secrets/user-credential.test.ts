import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '#domain/problem.ts'
import { findCredentials, keepCredential, openCredential } from '#secrets/user-credential.ts'

const clouds = [
  { name: 'arbutus', aliases: ['cc-arbutus'], authUrl: 'https://arbutus.example.org:5000' },
  { name: 'east', aliases: [], authUrl: 'https://east.example.org:5000/v3' },
]
const openrc = {
  OS_AUTH_URL: 'https://east.example.org:5000/',
  OS_USERNAME: 'alice',
  OS_PASSWORD: 'pa&ss/"word',
  OS_PROJECT_NAME: 'cosmology',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_ID: 'default',
}
const entries = `clouds:
  cc-arbutus:
    auth: { auth_url: https://elsewhere.example.org, application_credential_id: a1, application_credential_secret: s3cret }
    auth_type: v3applicationcredential
    region_name: west
  unrelated:
    auth: { auth_url: https://unrelated.example.org, username: x, password: y, project_name: z, user_domain_name: d, project_domain_name: d }
`
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'credential-'))
})
afterEach(() => rmSync(home, { recursive: true }))

function withCloudsYaml(): { HOME: string; XDG_CONFIG_HOME: string } {
  mkdirSync(join(home, '.config', 'openstack'), { recursive: true })
  writeFileSync(join(home, '.config', 'openstack', 'clouds.yaml'), entries)
  return { HOME: home, XDG_CONFIG_HOME: join(home, '.config') }
}

describe('a user’s credentials', () => {
  it('are recognised by the Keystone that openrc variables name, however they write it', () => {
    expect(findCredentials(clouds, openrc, home).map(({ cloud }) => cloud)).toEqual(['east'])
  })

  it('are recognised by an entry’s name or alias', () => {
    const env = withCloudsYaml()
    expect(findCredentials(clouds, env, home).map(({ cloud, config }) => [cloud, config.name])).toEqual([
      ['arbutus', 'cc-arbutus'],
    ])
    expect(findCredentials(clouds, { ...env, ...openrc }, home).map(({ cloud }) => cloud)).toEqual(['arbutus', 'east'])
  })

  it('list what was found and what was wanted if none fits', () => {
    const elsewhere = { ...openrc, OS_AUTH_URL: 'https://elsewhere.example.org' }
    expect(() => findCredentials(clouds, elsewhere, home)).toThrow(Problem)
    try {
      findCredentials(clouds, elsewhere, home)
    } catch (error) {
      const { data } = error as Problem
      expect(data).toMatchObject({ code: 'NoCredentials', kind: 'auth' })
      expect(data.details).toContain('wanted: east at https://east.example.org:5000/v3')
      expect(data.details?.join()).toContain('found: envvars in environment')
      expect(JSON.stringify(data)).not.toContain(openrc.OS_PASSWORD)
    }
  })

  it('say where they were looked for if there are none', () => {
    expect(() => findCredentials(clouds, { HOME: home, XDG_CONFIG_HOME: home }, home)).toThrow(/looked at/)
  })

  it.each([
    ['a password', () => openrc],
    ['an application credential', withCloudsYaml],
  ])('are kept in a file of the user’s alone and mean the same afterwards: %s', async (_what, envOf) => {
    const [found] = findCredentials(clouds, envOf(), home)
    if (found === undefined) throw new Error('nothing found')
    const { file, entry } = await keepCredential(join(home, 'state'), found, 'submit-1')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    const opened = openCredential(readFileSync(file, 'utf8'), file, entry)
    const { name: _name, source: _source, ...meaning } = found.config
    expect(opened).toMatchObject(JSON.parse(JSON.stringify({ ...meaning, credential: undefined })) as object)
    const secretOf = ({ credential }: typeof opened) =>
      credential.type === 'password'
        ? credential.password.reveal()
        : credential.type === 'applicationCredential'
          ? credential.secret.reveal()
          : ''
    expect(secretOf(opened)).toBe(secretOf(found.config))
    expect(opened.credential.type).toBe(found.config.credential.type)
    expect(await keepCredential(join(home, 'state'), found, 'submit-1')).toEqual({ file, entry })
  })
})
