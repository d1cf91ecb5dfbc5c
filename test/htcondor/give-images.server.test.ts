import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act } from '#htcondor/act-on-jobs.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { giveImages } from '#htcondor/give-images.ts'
import { queryRows } from '#htcondor/rows.ts'
import { submitOnce } from '#htcondor/submit-once.ts'
import { submitFile } from './submit-file.ts'
import { collect, startTestPool, until, type TestPool } from './test-pool.ts'

let site: TestPool

beforeAll(async () => {
  site = await startTestPool()
})
afterAll(async () => site[Symbol.asyncDispose]())

async function submit(submission: string, lines: string[], queue: string, factory = false): Promise<void> {
  const file = join(site.as.home, `${submission}.sub`)
  await writeFileAs(site.as, file, submitFile({ lines: ['+VMAMI = ""', ...lines], queue }))
  await submitOnce(site.tools, { as: site.as, submission, file, directory: site.as.home, factory })
}

/** What the jobs of a submission in the queue have for their images. */
async function imagesOf(submission: string): Promise<(string | undefined)[]> {
  const args = ['-allusers', '-constraint', `CanfarSubmission == "${submission}"`]
  const rows = await collect(queryRows(site.tools, 'condor_q', args, ['ProcId', 'VMAMI']))
  return rows.map(([, images]) => images)
}

const give = (submission: string, images: string) => giveImages(site.tools, { as: site.as, submission, images })

describe('jobs in the queue', () => {
  it('are given other images, held ones too, and no others', async () => {
    await submit('idle', [], 'queue 3')
    await submit('held', ['+CanfarUserHold = True'], 'queue 2')
    expect(await give('idle', 'east:img-1')).toBe(3)
    expect(await give('held', 'arbutus:img-1,east:img-1')).toBe(2)
    expect(await imagesOf('idle')).toEqual(['east:img-1', 'east:img-1', 'east:img-1'])
    expect(await imagesOf('held')).toEqual(Array(2).fill('arbutus:img-1,east:img-1'))
    expect(await give('idle', 'east:img-1')).toBe(0)
    expect(await give('nobody', 'east:img-1')).toBe(0)
  })

  it('and those that a factory makes later', async () => {
    await submit('factory', ['max_materialize = 1'], 'queue 3', true)
    const made = () =>
      until(
        () => imagesOf('factory'),
        (images) => images.length === 1,
      )
    expect(await made()).toEqual([''])
    expect(await give('factory', 'east:img-1')).toBe(1)
    for (const proc of [0, 1]) {
      await act(site.tools, 'remove', `CanfarSubmission == "factory" && ProcId == ${proc}`, { as: site.as })
      expect(await made()).toEqual(['east:img-1'])
    }
  })
})
