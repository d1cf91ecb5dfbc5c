import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const file = join(import.meta.dirname, '..', 'docker-compose.yml')

const Compose = z.strictObject({
  'x-database': z.unknown(),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      environment: z.record(z.string(), z.string()),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
      entrypoint: z.array(z.string()).optional(),
      command: z.array(z.string()).optional(),
      restart: z.string(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
})

/** The compose command of this machine, if it has one. */
async function composeCommand(): Promise<string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program = '', ...args] = command
    const { exitCode } = await execa(program, [...args, 'version'], { reject: false })
    if (exitCode === 0) return command
  }
  return undefined
}

const command = await composeCommand()

describe('docker-compose.yml', () => {
  const compose = Compose.parse(parse(readFileSync(file, 'utf8'), { merge: true }))
  const services = Object.entries(compose.services)

  test('has PostgreSQL, the schema, Temporal and its web UI, each of a version that is said', () => {
    expect(services.map(([name]) => name)).toEqual(['postgresql', 'schema', 'temporal', 'ui'])
    for (const [, { image }] of services) expect(image).toMatch(/^[a-z/-]+:\$\{[A-Z_]+:-\d+(\.\d+)*\}$/)
  })

  test('is reached from this machine alone', () => {
    const ports = services.flatMap(([, service]) => service.ports)
    expect(ports.length).toBeGreaterThanOrEqual(2)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('has room for thousands of worker VMs: the number of shards can never be changed', () => {
    expect(compose.services['temporal']?.environment['NUM_HISTORY_SHARDS']).toBe('512')
  })

  test('waits for what each part needs, and nothing waits for what is not there', () => {
    for (const [, { depends_on: needs }] of services) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const needed = compose.services[name]
        expect(needed, name).toBeDefined()
        if (condition === 'service_healthy') expect(needed?.healthcheck, name).toBeDefined()
      }
    }
    for (const [, { volumes }] of services) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    }
  })

  test('holds no password of its own', () => {
    const passwords = services.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    )
    expect(passwords.length).toBeGreaterThan(0)
    for (const [, text] of passwords) expect(text).toMatch(/^\$\{TEMPORAL_DB_PASSWORD:\?/)
  })

  test.skipIf(command === undefined)('is what compose itself understands', async () => {
    const [program = '', ...args] = command ?? []
    const { exitCode, stderr } = await execa(program, [...args, '--file', file, 'config', '--quiet'], {
      env: { TEMPORAL_DB_PASSWORD: 'for-the-test' },
      reject: false,
    })
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })
})
