import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultShape, wordsOf } from './faults.ts'
import { type Call, type Case, type Expected, type Request, type Subject, WHO, type Who } from './matrix.ts'
import { PATIENCE, type Person, Stage } from './stage.ts'
import type { Ask, World } from './world.ts'

/** The tests of all calls against one world. */
export function holdAgainst(start: () => Promise<World>, calls: readonly Call[]): void {
  let stage: Stage

  beforeAll(async () => {
    stage = await Stage.enter(await start())
  })
  afterAll(() => stage?.leave())

  describe.each(calls)('$name', (call) => {
    cellTests(call, () => stage)
    it.concurrent.for(Object.entries(call.cases))('%s', async ([, one]) => {
      const [saw, wanted] = await ofCase(stage, call, one)
      expect(saw).toEqual(wanted)
    })
  })
}

/** A subject that any number of requests may meet which leave it as it is. */
interface Placed {
  subject: Subject
  state: string
}

function cellTests(call: Call, stage: () => Stage): void {
  for (const [state, row] of Object.entries(call.cells)) {
    let lasting: Promise<Placed> | undefined
    const place = async (): Promise<Placed> => {
      const subject = await call.thing.make(stage(), state)
      return { subject, state: await call.thing.look(stage(), subject) }
    }
    for (const who of WHO) {
      const cell = row[who]
      if (typeof cell === 'string') continue
      it.concurrent(`${state}, ${who}: ${cell.status}`, async () => {
        const changes = cell.after !== undefined
        const placed = await (changes ? place() : (lasting ??= place()))
        const [saw, wanted] = await ofCell(stage(), call, placed, who, cell)
        expect(saw).toEqual(wanted)
      })
    }
  }
}

async function ofCell(stage: Stage, call: Call, { subject, state }: Placed, who: Who, cell: Expected) {
  const words = { id: subject.id, ...subject.words }
  const [saw, wanted] = await outcome(stage, call, who, cell, call.request(subject, stage), words)
  const after = await lookFor(stage, call, subject, cell.after ?? state)
  return [
    { ...saw, after },
    { ...wanted, after: cell.after ?? state },
  ]
}

async function ofCase(stage: Stage, call: Call, one: Case) {
  if ('holds' in one) return [await one.holds(stage), undefined]
  const { words = {}, ...request } = await one.request(stage)
  return outcome(stage, call, one.who, one, request, words)
}

/** The state, or what it still is when it should have become that long ago. */
async function lookFor(stage: Stage, call: Call, subject: Subject, wanted: string): Promise<string> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(stage.world.lookEvery)) {
    const state = await call.thing.look(stage, subject)
    if (state === wanted || Date.now() > deadline) return state
  }
}

/** What came of a request, and what should have. */
async function outcome(
  stage: Stage,
  call: Call,
  who: Person,
  expected: Omit<Expected, 'after'>,
  request: Request,
  words: Readonly<Record<string, string>>,
) {
  const answer = await stage.ask(who, { ...partsOf(call), ...request })
  const shape = expected.body ?? (expected.status >= 400 ? faultShape(partsOf(call).service, expected.status) : NOTHING)
  const parsed = shape.safeParse(answer.json ?? answer.text)
  const saw = {
    status: answer.status,
    says: answer.status < 400 ? undefined : wordsOf(answer),
    body: parsed.success ? [] : [z.prettifyError(parsed.error), answer.text.slice(0, 2000)],
    made: await call.made?.(stage, answer, request),
  }
  const made = expected.made ?? (call.made && expected.status >= 400 ? 'nothing' : saw.made)
  const says = expected.says === undefined ? saw.says : matching(filled(expected.says, words))
  return [saw, { status: expected.status, says, body: [], made }]
}

const NOTHING = z.literal('')

function partsOf({ name }: Call): Pick<Ask, 'service' | 'method'> {
  const [service, method] = name.split(' ')
  return { service: service as Ask['service'], method: method as Ask['method'] }
}

const filled = (text: string, words: Readonly<Record<string, string>>): string =>
  text.replaceAll(/<(\w+)>/g, (gap, name: string) => words[name] ?? gap)

/** `…` stands for anything. */
const matching = (text: string): unknown => {
  const parts = text.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return parts.length === 1 ? text : expect.stringMatching(new RegExp(`^${parts.join('.*')}$`))
}
