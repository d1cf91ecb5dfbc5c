import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act } from '#htcondor/act-on-jobs.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { giveImages } from '#htcondor/give-images.ts'
import { historyBySubmission } from '#htcondor/history.ts'
import { queryRows } from '#htcondor/rows.ts'
import { runTool } from '#htcondor/tools.ts'
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
  it('that no worker takes are taken once they are given its image', async () => {
    await site.addWorker('canfar-east-0123456789abcdef')
    await submit('refused', [], 'queue 2')
    // every one of its kind: the negotiator has looked at it, and the schedd remembers
    const refused = async () => {
      const args = ['-allusers', '-constraint', 'CanfarSubmission == "refused"', '-af', 'LastRejMatchTime']
      return (await runTool(site.tools, 'condor_q', args)).stdout
    }
    await until(refused, (told) => /\d/.test(told))
    await give('refused', 'east:img-1')
    const ended = () => historyBySubmission(site.tools, { submissions: ['refused'] })
    expect(await until(ended, ([one]) => one?.completed === 2)).toMatchObject([{ completed: 2 }])
  })

  it('are given other images, held ones too, and no others', async () => {
    await submit('idle', ['requirements = False'], 'queue 3')
    await submit('held', ['+CanfarUserHold = True'], 'queue 2')
    await give('idle', 'east:img-1')
    await give('held', 'arbutus:img-1,east:img-1')
    expect(await imagesOf('idle')).toEqual(['east:img-1', 'east:img-1', 'east:img-1'])
    expect(await imagesOf('held')).toEqual(Array(2).fill('arbutus:img-1,east:img-1'))
    await give('nobody', 'east:img-1')
  })

  it('and those that a factory makes later', async () => {
    await submit('factory', ['max_materialize = 1', 'requirements = False'], 'queue 3', true)
    const made = () =>
      until(
        () => imagesOf('factory'),
        (images) => images.length === 1,
      )
    expect(await made()).toEqual([''])
    await give('factory', 'east:img-1')
    for (const proc of [0, 1]) {
      await act(site.tools, 'remove', `CanfarSubmission == "factory" && ProcId == ${proc}`, { as: site.as })
      expect(await made()).toEqual(['east:img-1'])
    }
  })
})
