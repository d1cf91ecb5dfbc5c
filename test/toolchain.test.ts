import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { bundled } from '#worker/workflow-bundle.ts'

// What breaks silently when a dependency is updated.

const project = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'toolchain-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const manifest = (folder: string): { version: string; dependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as never

const modules = join(project, 'node_modules')
const temporal = readdirSync(join(modules, '@temporalio')).map((name) => join(modules, '@temporalio', name))

describe('Temporal', () => {
  test('all packages have one version, and ours asks for exactly that', () => {
    const versions = new Set(
      temporal.map((folder) => manifest(folder).version).filter((version) => version !== undefined),
    )
    expect([...versions]).toHaveLength(1)
    const asked = Object.entries({
      ...manifest(project).dependencies,
      ...(manifest(project) as { devDependencies?: Record<string, string> }).devDependencies,
    }).filter(([name]) => name.startsWith('@temporalio/'))
    expect(asked.length).toBeGreaterThan(4)
    for (const [name, version] of asked) expect(`${name}@${version}`).toBe(`${name}@${[...versions][0] ?? ''}`)
  })

  // A second copy of protobufjs does not take the first one's types for its own ("type must be a Type").
  test('protobufjs is one copy for all of them, so that recorded histories load', () => {
    const own = temporal.filter((folder) => readdirSync(folder).includes('node_modules'))
    expect(own.filter((folder) => readdirSync(join(folder, 'node_modules')).includes('protobufjs'))).toEqual([])
    const event = {
      eventId: '1',
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: {},
    }
    expect(historyFromJSON({ events: [event] }).events).toHaveLength(1)
  })

  // Without @types/ms, Temporal's durations are `any` under module nodenext.
  test('a duration that is none does not type-check', async () => {
    const folder = join(scratch, 'durations')
    mkdirSync(folder)
    symlinkSync(modules, join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(project, 'tsconfig.json'), include: ['*.ts'] }),
    )
    const file = (duration: string) =>
      `import { sleep } from '@temporalio/workflow'\nexport const slept = sleep('${duration}')\n`
    writeFileSync(join(folder, 'right.ts'), file('90 seconds'))
    writeFileSync(join(folder, 'wrong.ts'), file('one banana'))
    const { stdout } = await execa(join(modules, '.bin', 'tsc'), ['-p', '.', '--pretty', 'false'], {
      cwd: folder,
      reject: false,
    })
    const errors = stdout.split('\n').filter((line) => line.includes('error'))
    expect(errors).toEqual([expect.stringMatching(/^wrong\.ts\(2,.*TS2345.*one banana/)])
  })
})

describe('the bundle of the workflows', () => {
  const said: string[] = []
  const logger = new DefaultLogger('ERROR', ({ message }) => void said.push(message))
  const bundle = (options: BundleOptions) => bundleWorkflowCode({ ...options, logger })

  test('builds, with nothing of Node.js in it', { timeout: 60_000 }, async () => {
    const { code } = await bundle(bundled)
    const source = code.slice(0, code.indexOf('//# sourceMappingURL'))
    for (const name of readdirSync(join(project, 'src', 'workflows')).filter(
      (file) => !/index|retries|describe/.test(file),
    )) {
      expect(source).toContain(`src/workflows/${name}`)
    }
    for (const edge of ['zod', 'yaml', 'execa', 'undici', 'openstack-ts']) {
      expect(source, `${edge} is in the bundle`).not.toContain(`node_modules/${edge}/`)
    }
  })

  test('would not build with something of Node.js', { timeout: 60_000 }, async () => {
    const folder = join(scratch, 'impure')
    mkdirSync(folder)
    symlinkSync(modules, join(folder, 'node_modules'))
    const file = join(folder, 'workflows.ts')
    writeFileSync(
      file,
      `import { readFileSync } from 'node:fs'\nexport const read = () => readFileSync('/etc/hostname')\n`,
    )
    await expect(bundle({ workflowsPath: file })).rejects.toThrow('Webpack finished with errors')
    expect(said.join('\n')).toContain('node:fs')
  })
})
