import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from '#testbed/guest/turns.ts'

describe('turns', () => {
  it('work one piece at a time for a key and no more than so many at once', async () => {
    const turns = new Turns(2)
    let [running, most] = [0, 0]
    const done: string[] = []
    const work = (key: string) => async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await sleep(5)
      running -= 1
      done.push(key)
    }
    for (const key of ['a', 'b', 'c', 'd', 'a', 'b']) turns.take(key, work(key))
    expect(turns.isBusy('d')).toBe(true)
    while (turns.isBusy('d')) await sleep(1)
    expect(done.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(most).toBe(2)
  })

  it('begin nothing once closed, and let what has begun end', async () => {
    const turns = new Turns(1)
    const done: string[] = []
    const work = (key: string) => async (): Promise<void> => {
      await sleep(5)
      done.push(key)
    }
    turns.take('a', work('a'))
    turns.take('b', work('b'))
    await turns.close()
    turns.take('c', work('c'))
    expect(done).toEqual(['a'])
  })
})
