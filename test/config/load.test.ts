import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '#config/load.ts'
import { configOrigins } from '#config/origins.ts'
import { Problem } from '#domain/problem.ts'

const minimal = `controlPlane: plane1
condor: { collector: 10.0.0.1:9618, trustDomain: pool.test }
cloudsFile: clouds.yaml
clouds:
  - name: arbutus
`
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function load(text: string, name = 'canfar-batch.yaml') {
  writeFileSync(join(folder, name), text)
  return loadConfig({ env: { HOME: folder }, cwd: folder })
}

function problemOf(work: () => unknown): Problem['data'] {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('no problem')
}

describe('the configuration', () => {
  it('has defaults for all but what only the site can know', () => {
    const { config, origin } = load(minimal)
    expect(origin).toBe('current folder')
    expect(config).toMatchObject({
      pool: 'canfar',
      cloudsFile: join(folder, 'clouds.yaml'),
      keepalive: { default: 180_000, cap: 600_000 },
      deadlines: { building: 900_000, lifetime: 604_800_000 },
      replication: { bytesPerSecond: 100_000_000, copiesPerPair: 2 },
      clouds: [{ name: 'arbutus', aliases: [], priority: 0, caps: { booting: 10 } }],
    })
  })

  it('lets VMs boot from volumes only where a cloud says so', () => {
    const of = (more: string) => load(`${minimal}${more}`).config.clouds[0]?.bootVolume
    expect(of('')).toBeUndefined()
    expect(of('    bootVolume: {}\n')).toEqual({})
    expect(of('    bootVolume: { type: ssd, sizeGb: 40 }\n')).toEqual({ type: 'ssd', sizeGb: 40 })
    expect(problemOf(() => of('    bootVolume: { size: 40 }\n')).message).toContain('clouds.0.bootVolume.size')
  })

  it('rotates a credential in time only if it is known who may, and before it ends', () => {
    const of = (more: string) => load(`ownersFile: secrets/owners.yaml\n${minimal}    rotation: ${more}\n`).config
    const { ownersFile, clouds } = of('{ owner: ops, every: 60d }')
    expect(ownersFile).toBe(join(folder, 'secrets', 'owners.yaml'))
    const day = 86_400_000
    expect(clouds[0]?.rotation).toEqual({ owner: 'ops', every: 60 * day, lifetime: 90 * day, grace: day / 24 })
    expect(load(minimal).config.clouds[0]?.rotation).toEqual({ lifetime: 90 * day, grace: day / 24 })
    expect(problemOf(() => of('{ every: 60d }')).message).toContain('clouds.0.rotation.every: needs an owner')
    expect(problemOf(() => of('{ owner: ops, every: 90d }')).message).toContain('every: must be shorter than lifetime')
  })

  it('reads durations as people write them', () => {
    const { config } = load(`${minimal}keepalive: { default: 90s }\ndeadlines: { join: 1.5m, lifetime: 2d }\n`)
    expect(config.keepalive).toEqual({ default: 90_000, cap: 600_000 })
    expect(config.deadlines).toMatchObject({ join: 90_000, lifetime: 172_800_000, drain: 172_800_000 })
  })

  it.each([
    ['a duration', `${minimal}keepalive: { default: soon }\n`, 'keepalive.default: "soon" is not a duration'],
    ['an unknown key', `${minimal}keepalives: 3m\n`, 'keepalives: there is no such key'],
    ['a missing key', minimal.replace('controlPlane: plane1\n', ''), 'controlPlane: '],
    ['a cloud’s name', minimal.replace('name: arbutus', 'name: Arbutus!'), 'clouds.0.name: use up to 20'],
  ])('refuses a mistake in %s with its path', (_what, text, message) => {
    const problem = problemOf(() => load(text))
    expect(problem).toMatchObject({
      code: 'ConfigInvalid',
      kind: 'auth',
      where: expect.stringMatching(/canfar-batch\.yaml(:\d+)?$/) as unknown,
    })
    expect(problem.message).toContain(message)
  })

  it('names the line of a YAML mistake', () => {
    expect(problemOf(() => load(`${minimal}pool: [unclosed\n`)).where).toMatch(/canfar-batch\.yaml:[67]$/)
  })

  it('lists where it was looked for when there is none', () => {
    const problem = problemOf(() => loadConfig({ env: { HOME: folder }, cwd: folder }))
    expect(problem.code).toBe('ConfigMissing')
    expect(problem.details).toContain(`${join(folder, 'canfar-batch.yaml')} (current folder)`)
    expect(problem.details).toContain(`${join(folder, '.config', 'canfar-batch', 'config.yaml')} (user)`)
  })

  it('is taken from the first place that has one', () => {
    mkdirSync(join(folder, '.config', 'canfar-batch'), { recursive: true })
    writeFileSync(join(folder, '.config', 'canfar-batch', 'config.yaml'), minimal.replace('plane1', 'user-plane'))
    expect(loadConfig({ env: { HOME: folder }, cwd: folder }).config.controlPlane).toBe('user-plane')
    expect(load(minimal).config.controlPlane).toBe('plane1')
    writeFileSync(join(folder, 'other.yaml'), minimal.replace('plane1', 'named-plane'))
    expect(loadConfig({ env: { CANFAR_BATCH_CONFIG: 'other.yaml' }, cwd: folder }).config.controlPlane).toBe(
      'named-plane',
    )
    expect(loadConfig({ env: {}, cwd: folder, flag: 'other.yaml' }).origin).toBe('--config')
  })

  it('has another digest whenever it has changed', () => {
    const first = load(minimal).digest
    expect(load(minimal).digest).toBe(first)
    expect(load(`${minimal}pool: other\n`).digest).not.toBe(first)
  })
})

describe('the origin of a value', () => {
  it('is the line of its key’s value', () => {
    const lines = configOrigins(`${minimal}    priority: 4\n`)
    expect(lines.get('controlPlane')).toBe(1)
    expect(lines.get('condor.trustDomain')).toBe(2)
    expect(lines.get('clouds.0.name')).toBe(5)
    expect(lines.get('clouds.0.priority')).toBe(6)
    expect(lines.has('keepalive.cap')).toBe(false)
  })
})
