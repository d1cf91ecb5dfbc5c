import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '#domain/problem.ts'
import { reportProblem } from '#testbed/site/report-problem.ts'
import { HOUR, LONG, SHORT } from './forms.ts'
import { kindsOf, seedLine, table } from './report.ts'
import { runSeed, type SeedReport } from './seed-run.ts'

const USAGE = `usage: script/test chaos [--seed N] [--seeds K] [--short | --hour] [--storm N] [--json FILE]

A whole site under seeded faults, and an auditor that compares the books when the storm is over.

  --seed N     the first seed (default 1); it alone says what is done and when
  --seeds K    so many, one after the other (default 1)
  --short      a small storm
  --hour       an hour in which the worker process is not killed: how much memory it takes
  --storm N    seconds that it lasts, where that is not as usual
  --json FILE  writes what is printed, and more, as JSON
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      short: { type: 'boolean', default: false },
      hour: { type: 'boolean', default: false },
      storm: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const [first, count] = [whole('--seed', values.seed), whole('--seeds', values.seeds)]
  const usual = values.hour ? HOUR : values.short ? SHORT : LONG
  const form = values.storm === undefined ? usual : { ...usual, storm: whole('--storm', values.storm) }
  const reports: SeedReport[] = []
  for (let seed = first; seed < first + count; seed++) {
    const report = await runSeed(seed, form, console.log)
    reports.push(report)
    console.log(seedLine(report))
    for (const breach of report.breaches) console.log(`  BREACH: ${breach}`)
    if (values.json !== undefined) {
      const file = resolve(process.env['CANFAR_CALLER_DIRECTORY'] ?? '.', values.json)
      writeFileSync(file, `${JSON.stringify({ seeds: reports, kinds: kindsOf(reports) }, null, 2)}\n`)
    }
  }
  console.log(`\n${table(reports)}`)
  return reports.every(({ breaches }) => breaches.length === 0) ? 0 : 1
}

function whole(option: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new Problem({ code: 'Usage', kind: 'usage', message: `${option} ${text} is no number`, next: USAGE })
}

process.exit(await main().catch(reportProblem))
