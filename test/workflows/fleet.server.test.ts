import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkflowHandle } from '@temporalio/client'
import {
  fleetId,
  fleetType,
  fleetView,
  setCloud,
  summary,
  vmEnded,
  type CloudControl,
  type FleetInput,
  type StartedVm,
  type VmOutcome,
} from '#contract/fleet.ts'
import { fleetStart } from '#contract/starts.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { testSite, type TestSite, until } from './support.ts'

let world: TestSite

beforeAll(async () => {
  world = await testSite({
    policy: { planInterval: '100ms' },
    // a fleet continues as new after some ten plans instead of some five hundred
    temporalArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'],
  })
})
afterAll(() => world?.stop())

/** Wakes it until its present run has been followed by another; gives the other's id. */
async function continued(handle: WorkflowHandle): Promise<string> {
  const { runId } = await handle.describe()
  return until('a new run', async () => {
    await handle.signal(summary, { source: 'test', at: Date.now() })
    const now = await handle.describe()
    return now.runId === runId ? undefined : now.runId
  })
}

const runOf = (handle: WorkflowHandle, runId: string) => world.client.workflow.getHandle(handle.workflowId, runId)

async function inputOf(handle: WorkflowHandle, runId: string): Promise<FleetInput> {
  const { events } = await runOf(handle, runId).fetchHistory()
  const data = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data
  return JSON.parse(Buffer.from(data ?? []).toString()) as FleetInput
}

describe('the fleet', () => {
  const own = () => world.client.workflow.getHandle(fleetId(world.config.pool))

  test('keeps what an operator decided, over new runs and new worker processes', async () => {
    const { exitCode, stderr } = await world.site.cli(['cloud', 'disable', 'east', '--reason', 'cooling is mended'], {
      as: 'operator',
    })
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    const { controls } = await own().query(fleetView)
    expect(controls['east']).toMatchObject({ enabled: false, reason: 'cooling is mended' })
    await continued(own())
    expect((await own().query(fleetView)).controls).toEqual(controls)
    await world.site.killWorkerProcess()
    await world.site.startWorkerProcess()
    expect((await own().query(fleetView)).controls).toEqual(controls)
    await own().signal(setCloud, { cloud: 'east', control: { ...decided, enabled: true } })
    await continued(own())
    const list = await world.site.cli(['cloud', 'list', '-o', 'json'])
    expect(JSON.parse(list.stdout)).toMatchObject({ items: [{ name: 'arbutus' }, { name: 'east', enabled: true }] })
  })

  test('takes boots in flight, breakers and counted ends along into a new run', async () => {
    const order = await world.order('east')
    const started: StartedVm = { vm: world.vmName('east'), order, at: Date.now() }
    const input: FleetInput = { pool: world.config.pool, controls: { east: decided }, recent: [started] }
    const start = { ...fleetStart(input), workflowId: fleetId('another') }
    const handle = await world.client.workflow.start(fleetType, start)
    try {
      const outcome: VmOutcome = {
        vm: world.vmName('east'),
        order,
        reason: 'NoCapacity',
        served: false,
        bornAt: Date.now() - 1000,
        at: Date.now(),
        note: 'No valid host was found',
      }
      await handle.signal(vmEnded, outcome)
      const before = await until('a breaker', async () => {
        const view = await handle.query(fleetView)
        return JSON.stringify(view.breakers ?? {}).includes('NoCapacity') ? view : undefined
      })
      const runId = await continued(handle)
      const carried = await inputOf(handle, runId)
      expect(carried).toMatchObject({ controls: { east: decided }, recent: [started], ended: [outcome.vm] })
      const after = await handle.query(fleetView)
      expect(after.breakers).toEqual(before.breakers)
      expect(after.recent).toEqual([started])
      // the same end, told again by a repeated activity, teaches nothing
      await handle.signal(vmEnded, { ...outcome, at: Date.now() + 1 })
      await continued(handle)
      expect((await handle.query(fleetView)).breakers).toEqual(before.breakers)
    } finally {
      await handle.terminate('the test is over')
    }
  })

  test('loses no decision that comes while it continues as new', async () => {
    const handle = own()
    const first = (await handle.describe()).runId
    for (let n = 0; n < 30; n++) {
      const control = { ...decided, reason: `decision ${n}` }
      await handle.signal(setCloud, { cloud: 'arbutus', control })
      expect((await handle.query(fleetView)).controls['arbutus']).toEqual(control)
      await handle.signal(summary, { source: 'test', at: Date.now() })
    }
    await continued(handle)
    expect((await handle.describe()).runId).not.toBe(first)
    expect((await handle.query(fleetView)).controls['arbutus']?.reason).toBe('decision 29')
  })

  // the SDK lets a new worker process answer from events that belong to no task yet, and write what it then did into the next
  test.each([true, false])(
    'goes on though questions and a decision waited for a worker process, beside a timer: %s',
    async (timer) => {
      const handle = await world.client.workflow.start(fleetType, {
        ...fleetStart({ pool: world.config.pool, controls: {} }),
        workflowId: fleetId(`waited-for-${timer}`),
      })
      try {
        for (let round = 0; round < 3; round++) {
          const before = await until('a plan', async () => (await handle.query(fleetView)).lastPlan)
          if (timer) await handle.signal(summary, { source: 'test', at: Date.now() })
          await world.site.killWorkerProcess()
          const question = handle.query(fleetView)
          await sleep(2500)
          await handle.signal(setCloud, { cloud: 'east', control: { ...decided, reason: `round ${round}` } })
          await world.site.startWorkerProcess()
          await question.catch(() => undefined)
          await until('the next plan', async () => {
            const { lastPlan } = await handle.query(fleetView)
            return lastPlan !== undefined && lastPlan.at > before.at ? true : undefined
          })
          await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, await handle.fetchHistory())
          expect((await handle.query(fleetView)).controls['east']?.reason).toBe(`round ${round}`)
        }
      } finally {
        await handle.terminate('the test is over')
      }
    },
  )
})

const decided: CloudControl = { enabled: false, reason: 'a test', by: 'root', at: 1_763_700_000_000 }
