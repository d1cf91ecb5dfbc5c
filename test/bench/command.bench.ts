import { startSite } from '#testbed/site/site.ts'
import type { Bench, Measure } from '../../script/lib/measure.ts'
import { until } from '../workflows/support.ts'

const commands: readonly { argv: readonly string[]; goal: number }[] = [
  { argv: ['--help'], goal: 100 },
  { argv: ['submit', '--help'], goal: 100 },
  { argv: ['vm', 'list'], goal: 300 },
  { argv: ['cloud', 'list'], goal: 300 },
  { argv: ['job', 'list'], goal: 300 },
]

const bench: Bench = {
  title: 'how long commands take, from Enter to the prompt',
  async measure({ runs, progress }) {
    const site = await startSite({ fast: true, guests: 'process', progress })
    try {
      await until('a first answer', async () => ((await site.cli(['cloud', 'list'])).exitCode === 0 ? true : undefined))
      const measures: Measure[] = []
      for (const { argv, goal } of commands) {
        const values: number[] = []
        // the first fills the compile cache and is not counted
        for (let run = 0; run <= runs; run++) {
          const started = performance.now()
          const { exitCode, stderr } = await site.cli(argv, { as: 'operator' })
          if (exitCode !== 0) throw new Error(stderr)
          if (run > 0) values.push(performance.now() - started)
        }
        measures.push({ name: `canfar-batch ${argv.join(' ')}`, unit: 'ms', goal, values })
      }
      return measures
    } finally {
      await site.stop()
    }
  },
}

export default bench
