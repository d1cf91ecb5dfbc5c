import { existsSync, readFileSync } from 'node:fs'
import type { Run } from './books.ts'

/** The jobs' own notes: `<job> began|ended <ms> <vm>`, a line each. */
export function readRuns(file: string): Run[] {
  const runs: Run[] = []
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const [job = '', word, at, vm = ''] = line.split(' ')
    if (word === 'began') runs.push({ job, vm, began: Number(at), ended: undefined })
    const open = runs.findLast((run) => run.job === job && run.vm === vm && run.ended === undefined)
    if (word === 'ended' && open !== undefined) open.ended = Number(at)
  }
  return runs
}
