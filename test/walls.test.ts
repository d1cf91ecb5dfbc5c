import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

// Every wall of docs/design.md §3 is breached once, in a tree of its own under the project's own lint configuration: each
// room tries to import each other room and each package, and is stopped exactly where the design says so.

const project = join(import.meta.dirname, '..')

const rooms = [
  'domain',
  'contract',
  'workflows',
  'activities',
  'htcondor',
  'clouds',
  'secrets',
  'config',
  'api',
  'worker',
  'testbed',
] as const
type Room = (typeof rooms)[number]

const packages = [
  'node:fs',
  '@temporalio/workflow',
  '@temporalio/common',
  '@temporalio/client',
  '@temporalio/worker',
  '@temporalio/activity',
  '@temporalio/testing',
  'execa',
  'zod',
  'yaml',
  'commander',
  'pino',
  'undici',
  'openstack-ts',
  'hono',
  '@hono/node-server',
  'vitest',
  'fast-check',
] as const
type Package = (typeof packages)[number]

const climbs = [
  '../../cli/main.ts',
  '../activities/index.ts',
  '../../testbed/site/site.ts',
  '../../packages/openstack-ts/src/index.ts',
]

interface Wall {
  /** Where a file of the room lies. */
  folder: string
  rooms: readonly Room[]
  /** Rooms of which it may have the types alone. */
  types?: readonly Room[]
  packages: readonly Package[] | 'any'
}

const walls: Record<string, Wall> = {
  domain: { folder: 'src/domain', rooms: ['domain'], packages: ['yaml'] },
  contract: { folder: 'src/contract', rooms: ['domain', 'contract'], packages: ['@temporalio/common'] },
  workflows: {
    folder: 'src/workflows',
    rooms: ['domain', 'contract', 'workflows'],
    types: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: {
    folder: 'src/activities',
    rooms: ['domain', 'contract', 'activities', 'htcondor', 'clouds', 'secrets', 'config'],
    packages: 'any',
  },
  htcondor: { folder: 'src/htcondor', rooms: ['domain', 'htcondor'], packages: ['node:fs', 'execa', 'zod'] },
  clouds: { folder: 'src/clouds', rooms: ['domain', 'clouds'], packages: ['node:fs', 'openstack-ts'] },
  secrets: {
    folder: 'src/secrets',
    rooms: ['domain', 'htcondor', 'secrets'],
    packages: ['node:fs', 'zod', 'yaml', 'openstack-ts'],
  },
  config: { folder: 'src/config', rooms: ['domain', 'config'], packages: ['node:fs', 'zod', 'yaml'] },
  api: {
    folder: 'src/api',
    rooms: ['domain', 'contract', 'htcondor', 'clouds', 'secrets', 'config', 'api'],
    packages: ['node:fs', '@temporalio/client', '@temporalio/common', 'openstack-ts', 'zod'],
  },
  worker: {
    folder: 'src/worker',
    rooms: ['domain', 'contract', 'activities', 'htcondor', 'clouds', 'secrets', 'config', 'worker'],
    packages: 'any',
  },
  cli: { folder: 'cli', rooms: ['domain', 'api'], types: ['config'], packages: ['node:fs', 'commander', 'yaml'] },
  'openstack-ts': {
    folder: 'packages/openstack-ts/src',
    rooms: [],
    packages: ['node:fs', 'zod', 'undici', 'yaml'],
  },
  'the cloud simulator': {
    folder: 'testbed/cloud',
    rooms: ['testbed'],
    packages: ['node:fs', 'hono', '@hono/node-server', 'yaml', 'zod'],
  },
}

/** What each room tries, and the words with which it has to be refused; `undefined` = it may. */
interface Attempt {
  file: string
  text: string
  refused: RegExp | undefined
}

const value = (from: string): string => `import * as it from '${from}'\nexport const kept = it\n`

const attemptsOf = ({ folder, rooms: open, types = [], packages: known }: Wall): Attempt[] => {
  const tries = (name: string, text: string, refused: RegExp | undefined): Attempt => ({
    file: `${folder}/tries-${name.replaceAll(/[^a-z]+/g, '-')}.ts`,
    text,
    refused,
  })
  return [
    ...rooms.map((room) => {
      const refused = open.includes(room)
        ? undefined
        : types.includes(room)
          ? /may import only types/
          : /may not import that room/
      return tries(`room-${room}`, value(`#${room}/file.ts`), refused)
    }),
    ...rooms.map((room) => {
      const refused = open.includes(room) || types.includes(room) ? undefined : /may not import that room/
      return tries(`type-of-${room}`, `import type { It } from '#${room}/file.ts'\nexport type Kept = It\n`, refused)
    }),
    ...packages.map((name) => {
      const refused = known === 'any' || known.includes(name) ? undefined : /may import of packages only/
      return tries(`package-${name}`, value(name), refused)
    }),
    ...climbs.map((path) => tries(`climb-${path}`, value(path), /by its name .* not by a climbing path/)),
  ]
}

/** What makes a function give another answer tomorrow. */
const impurities = {
  'Date.now()': /time is passed in/,
  'Math.random()': /randomness is passed in/,
  'performance.now()': /'performance'/,
  'crypto.randomUUID()': /'crypto'/,
  "fetch('http://127.0.0.1')": /'fetch'/,
  'process.pid': /'process'/,
  'setTimeout(String, 1)': /'setTimeout'/,
  'setInterval(String, 1)': /'setInterval'/,
  'setImmediate(String)': /'setImmediate'/,
  "Buffer.from('')": /'Buffer'/,
  "require('node:fs')": /'require'/,
  "console.log('')": /'console'/,
  "import('#htcondor/file.ts')": /may not import that room/,
}

const impure: Attempt[] = Object.entries(impurities).map(([expression, refused], n) => ({
  file: `src/domain/impure-${n}.ts`,
  text: `export const it = ${expression}\n`,
  refused,
}))

const climbsInside: Attempt[] = [
  // one room's own folders are not walls
  { file: 'src/domain/vm/state.ts', text: value('../problem.ts'), refused: undefined },
  { file: 'src/domain/re-export.ts', text: "export * from '#htcondor/file.ts'\n", refused: /may not import that room/ },
  // the walls know Node's modules by their prefix
  { file: 'src/domain/unprefixed.ts', text: value('fs'), refused: /protocol/ },
]

const Report = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      severity: z.string(),
      filename: z.string(),
      message: z.string(),
      help: z.string().default(''),
    }),
  ),
})

const tree = mkdtempSync(join(tmpdir(), 'walls-'))
const said = new Map<string, string[]>()
const attempts = [...Object.values(walls).flatMap(attemptsOf), ...impure, ...climbsInside]

beforeAll(async () => {
  writeFileSync(join(tree, '.oxlintrc.json'), readFileSync(join(project, '.oxlintrc.json')))
  for (const { file, text } of attempts) {
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), text)
  }
  const { stdout } = await execa(join(project, 'node_modules', '.bin', 'oxlint'), ['--format=json', '.'], {
    cwd: tree,
    reject: false,
  })
  for (const { code, severity, filename, message, help } of Report.parse(JSON.parse(stdout)).diagnostics) {
    if (severity !== 'error' || !/no-restricted-|prefer-node-protocol/.test(code)) continue
    said.set(filename, [...(said.get(filename) ?? []), `${message} ${help}`])
  }
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

/** Attempts that were not judged as they have to be. */
const misjudged = (tried: readonly Attempt[]): unknown[] =>
  tried.flatMap(({ file, text, refused }) => {
    const errors = said.get(file) ?? []
    const right = refused === undefined ? errors.length === 0 : errors.length === 1 && refused.test(errors[0] ?? '')
    return right ? [] : [{ file, text, refused: refused?.source ?? 'not at all', errors }]
  })

describe('each room imports what the design allows and nothing else', () => {
  test.each(Object.entries(walls))('%s', (_name, wall) => {
    expect(misjudged(attemptsOf(wall))).toEqual([])
  })

  test('inside a room there are no walls, and none is passed by exporting', () => {
    expect(misjudged(climbsInside)).toEqual([])
  })

  test('no wall stands in the configuration that is not breached here', () => {
    const { overrides } = JSON.parse(readFileSync(join(project, '.oxlintrc.json'), 'utf8')) as {
      overrides: { files: string[]; rules: Record<string, unknown> }[]
    }
    const held = overrides.filter(({ rules }) => 'no-restricted-imports' in rules).flatMap(({ files }) => files)
    expect(held.toSorted()).toEqual(
      Object.values(walls)
        .map(({ folder }) => `${folder}/**`)
        .toSorted(),
    )
  })

  test('no folder of the source is without walls', () => {
    const folders = readdirSync(join(project, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const walled = Object.values(walls).map(({ folder }) => folder)
    expect(folders.map(({ name }) => `src/${name}`).filter((folder) => !walled.includes(folder))).toEqual([])
  })
})

describe('the domain is pure', () => {
  test('no clock, no randomness, no I/O', () => {
    expect(misjudged(impure)).toEqual([])
  })

  test('and no clock by another name, which the linter does not know', () => {
    const folder = join(project, 'src', 'domain')
    const clocks = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\bnew Date\(\s*\)|\bDate\(\s*\)|globalThis/.test(readFileSync(join(folder, file), 'utf8')))
    expect(clocks).toEqual([])
  })
})
