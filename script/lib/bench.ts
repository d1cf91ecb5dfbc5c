import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '#domain/problem.ts'
import { endingOnSignal } from '#testbed/site/ending.ts'
import { reportProblem } from '#testbed/site/report-problem.ts'
import { type Bench, type Measure, measureTable } from './measure.ts'

const USAGE = `usage: script/bench [--runs N] [--json] [NAME…]

Measures what the files of test/bench measure (all of them, or those named) and prints one table of medians.

  --runs N   how often each figure is taken (default 5)
  --json     the figures instead of the table
`

const FOLDER = join(process.cwd(), 'test', 'bench')

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw wrong(`--runs ${values.runs} is no number of runs`)
  const measures: (Measure & { bench: string })[] = []
  for (const name of chosen(positionals)) {
    const bench = await load(name)
    console.error(`── ${name}: ${bench.title}`)
    const progress = (line: string): void => console.error(`   ${line}`)
    measures.push(...(await bench.measure({ runs, progress })).map((measure) => ({ bench: name, ...measure })))
  }
  console.log(values.json ? JSON.stringify(measures, null, 2) : measureTable(measures))
  return 0
}

function chosen(wanted: readonly string[]): string[] {
  const there = existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((file) => file.endsWith('.bench.ts'))
        .map((file) => file.slice(0, -'.bench.ts'.length))
        .toSorted()
    : []
  const unknown = wanted.find((name) => !there.includes(name))
  if (unknown !== undefined) throw wrong(`there is no test/bench/${unknown}.bench.ts`, there)
  if (there.length === 0) throw wrong('test/bench holds no *.bench.ts')
  return wanted.length > 0 ? [...wanted] : there
}

const wrong = (message: string, details: string[] = []): Problem =>
  new Problem({ code: 'Usage', kind: 'usage', message, details, next: 'script/bench --help' })

async function load(name: string): Promise<Bench> {
  const module: { default?: Bench } = await import(join(FOLDER, `${name}.bench.ts`))
  if (module.default === undefined) throw new Error(`test/bench/${name}.bench.ts has no default export`)
  return module.default
}

process.exit(await endingOnSignal(main, async () => {}).catch(reportProblem))
