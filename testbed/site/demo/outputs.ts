import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Account } from '#testbed/instance/account.ts'
import { compareCatalogue } from '#testbed/tutorial/compare-catalogue.ts'
import type { Tutorial } from '#testbed/tutorial/write-tutorial.ts'
import type { OutputCheck } from './audit.ts'

/** Compares the catalogues that came back with what was put into the images. */
export function checkOutputs({ images }: Tutorial, account: Account): OutputCheck[] {
  return images.map(({ catalogue, truth }) => {
    const file = basename(catalogue)
    const starsPlaced = truth.extensions.reduce((sum, { stars }) => sum + stars.length, 0)
    try {
      const { matched } = compareCatalogue(readFileSync(catalogue, 'utf8'), truth)
      const mine = statSync(catalogue).uid === account.uid
      return { file, starsFound: matched, starsPlaced, ...(mine ? {} : { problem: `not owned by ${account.name}` }) }
    } catch (error) {
      return { file, starsFound: 0, starsPlaced, problem: error instanceof Error ? error.message : String(error) }
    }
  })
}
