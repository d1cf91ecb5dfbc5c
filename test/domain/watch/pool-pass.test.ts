import { describe, expect, it } from 'vitest'
import { poolPass, type ExpectedWorker, type SeenWorker, type WorkerMemory } from '#domain/watch/pool-pass.ts'

const start = 1_800_000_000_000
const keepalive = 180_000

function look(
  state: ExpectedWorker['state'],
  worker: Partial<SeenWorker> | undefined,
  before: Map<string, WorkerMemory> = new Map(),
  seconds = 0,
  idleJobs: number | 'unknown' = 0,
  busy: ReadonlySet<string> | undefined = new Set(),
) {
  const seen = worker && { vm: 'a', drained: false, draining: false, claims: 0, jobStarts: 0, ...worker }
  const now = {
    at: start + seconds * 1000,
    idleJobs: idleJobs === 'unknown' ? undefined : idleJobs,
    keepaliveCapMs: 600_000,
    settled: true,
    leftAfterMs: 900_000,
    busy,
  }
  const pass = poolPass([{ vm: 'a', state, keepaliveMs: keepalive }], seen ? [seen] : [], before, now)
  return { kinds: pass.events.map(({ event }) => event.kind), memory: pass.memory }
}

describe('a look at the pool', () => {
  it('tells a VM that it has joined', () => {
    expect(look('booted', {}).kinds).toEqual(['joined'])
    expect(look('building', {}).kinds).toEqual(['joined'])
    expect(look('booted', undefined).kinds).toEqual([])
  })

  it('tells the first job, also one that came and went between two looks', () => {
    expect(look('serving', { claims: 1 }).kinds).toEqual(['first-job'])
    expect(look('serving', { jobStarts: 1 }).kinds).toEqual(['first-job'])
  })

  it('tells that a worker was empty for its keepalive, counted from its last job', () => {
    const busy = look('serving', { claims: 1, jobStarts: 1 })
    const empty = look('serving', { jobStarts: 1 }, busy.memory, 10)
    expect(look('serving', { jobStarts: 1 }, empty.memory, 10 + 179).kinds).toEqual(['first-job'])
    expect(look('serving', { jobStarts: 1 }, empty.memory, 10 + 180).kinds).toEqual(['empty'])
    const again = look('serving', { claims: 1, jobStarts: 2 }, empty.memory, 100)
    expect(look('serving', { jobStarts: 2 }, again.memory, 200).kinds).toEqual(['first-job'])
  })

  it('never calls a worker empty while it runs a job', () => {
    const before = new Map([['a', { emptySince: 0, hadJob: true, missing: 0 }]])
    expect(look('serving', { claims: 1, jobStarts: 3 }, before, 9999).kinds).toEqual(['first-job'])
  })

  it('keeps a worker without a first job as long as jobs wait, or the queue does not answer', () => {
    const first = look('serving', {})
    expect(look('serving', {}, first.memory, 300, 5).kinds).toEqual([])
    expect(look('serving', {}, first.memory, 300, 'unknown').kinds).toEqual([])
    expect(look('serving', {}, first.memory, 300, 0).kinds).toEqual(['empty'])
  })

  it("takes the keepalive of the last job, under the site's cap", () => {
    const busy = look('serving', { claims: 1, keepaliveMinutes: 8 })
    const empty = look('serving', { jobStarts: 1 }, busy.memory, 0)
    expect(look('serving', { jobStarts: 1 }, empty.memory, 479).kinds).toEqual(['first-job'])
    expect(look('serving', { jobStarts: 1 }, empty.memory, 480).kinds).toEqual(['empty'])
    const greedy = look('serving', { jobStarts: 1 }, look('serving', { claims: 1, keepaliveMinutes: 600 }).memory, 0)
    expect(look('serving', { jobStarts: 1 }, greedy.memory, 600).kinds).toEqual(['empty'])
  })

  it('tells when a drain is done, was forgotten by a restarted worker, or the worker has left', () => {
    expect(look('draining', { draining: true, drained: true }).kinds).toEqual(['drained'])
    expect(look('draining', { draining: true }).kinds).toEqual([])
    // its ad shows a drain a moment after it was asked for
    const asked = look('draining', {})
    expect(asked.kinds).toEqual([])
    expect(look('draining', {}, asked.memory, 4).kinds).toEqual([])
    expect(look('draining', {}, asked.memory, 5).kinds).toEqual(['drain-lost'])
    const shown = look('draining', { draining: true }, asked.memory, 4)
    expect(look('draining', {}, shown.memory, 5).kinds).toEqual([])
    const first = look('draining', undefined)
    expect(first.kinds).toEqual([])
    expect(look('draining', undefined, first.memory, 1).kinds).toEqual(['not-in-pool'])
  })

  it('tells a worker that serves and left the pool long ago to go, unless the queue knows of a job there', () => {
    const gone = (seconds: number, before?: Map<string, WorkerMemory>, busy?: ReadonlySet<string>) =>
      look('serving', undefined, before, seconds, 0, busy)
    const first = gone(0)
    const soon = gone(899, first.memory)
    expect(soon.kinds).toEqual([])
    expect(gone(901, soon.memory, new Set(['a'])).kinds).toEqual([])
    expect(gone(901, soon.memory).kinds).toEqual(['retire'])
    const back = look('serving', {}, soon.memory, 900)
    expect(gone(901, back.memory).kinds).toEqual([])
  })
})
