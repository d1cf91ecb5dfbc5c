import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { beforeAll, describe, expect, test } from 'vitest'
import * as workflows from '#workflows/index.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { wordsOf } from './neutral.ts'

// Histories of workflows as they really ran, made by record.ts. Code that would decide otherwise than it did then would
// break workflows that are running now: such a change needs patched(), or these recorded anew and no open workflow.

const FOLDER = join(import.meta.dirname, 'histories')

interface Recorded {
  name: string
  workflowId: string
  type: string
  text: string
}

interface Started {
  workflowExecutionStartedEventAttributes: { workflowId: string; workflowType: { name: string } }
}

const recorded: Recorded[] = readdirSync(FOLDER).map((file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  const [first] = (JSON.parse(text) as { events: Started[] }).events
  if (first === undefined) throw new Error(`${file} is empty`)
  const { workflowId, workflowType } = first.workflowExecutionStartedEventAttributes
  return { name: file.replace(/\.json$/, ''), workflowId, type: workflowType.name, text }
})

let code = ''

beforeAll(async () => {
  // what it refuses is expected here
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'OFF' } } })
  code = (await workflowBundle()).code
})

/** Why the history cannot have come from the bundle; `undefined` = it can. */
async function replay({ workflowId, text }: Recorded, bundle: string): Promise<unknown> {
  const history = historyFromJSON(JSON.parse(text))
  return Worker.runReplayHistory({ workflowBundle: { code: bundle } }, history, workflowId).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('every recorded history replays', () => {
  test.each(recorded)('$name', async (one) => {
    expect(await replay(one, code)).toBeUndefined()
  })

  test('there are some of each workflow', () => {
    expect([...new Set(recorded.map(({ type }) => type))].toSorted()).toEqual(Object.keys(workflows).toSorted())
  })
})

describe('a workflow that decides otherwise is noticed', () => {
  test.each(recorded.filter(({ text }) => text.includes('ActivityTaskScheduled')))('$name', async (one) => {
    // as if the code had asked for another activity then
    const changed = one.text.replace(/("activityType":\{"name":")/, '$1other')
    expect(await replay({ ...one, text: changed }, code)).toBeInstanceOf(DeterminismViolationError)
  })

  const changes: Record<string, readonly [history: string, from: string, to: string]> = {
    'a step that is left out': ['image-sharing-now', 'await confirmVisible(input);', ''],
    'a step more': [
      'submission-done',
      'const { copies } = own.view;',
      'const { copies } = own.view; await steps.wakeFleet({});',
    ],
    'another order': [
      'vm-lifecycle-no-first-job',
      'await drains.startDrain(',
      'await this._record; await drains.drainIfEmpty(',
    ],
    'an activity before another': ['fleet-run-1', 'await startVms(', 'await retireVms([]); await startVms('],
  }

  test.each(Object.entries(changes))('%s', async (_name, [name, from, to]) => {
    const one = recorded.find((history) => history.name === name)
    if (one === undefined) throw new Error(`no history ${name}`)
    const changed = changeOf(code, from, to)
    expect(await replay(one, changed)).toBeInstanceOf(DeterminismViolationError)
  })
})

function changeOf(bundle: string, from: string, to: string): string {
  if (!bundle.includes(from)) throw new Error(`the bundle has no ${from}`)
  return bundle.replaceAll(from, to)
}

describe('the histories can be published', () => {
  test.each(recorded)('$name', ({ text }) => {
    const words = wordsOf(text)
    const paths = words.match(/(?<![\w:./-])\/[a-z][\w.-]*\/[\w.-]+/g) ?? []
    const foreign = paths.filter(
      (path) => !/^\/(srv\/site|home\/astronomer|opt\/canfar-batch|compute\/v2|image\/v2|servers\/)/.test(path),
    )
    expect([...new Set(foreign)]).toEqual([])
    expect(words).not.toMatch(/demo-[a-z0-9]|eyJ[\w-]{20}|BEGIN [A-Z ]*KEY|password|secret/i)
    // a file that is read in a review
    expect(text.length).toBeLessThan(80_000)
  })
})
