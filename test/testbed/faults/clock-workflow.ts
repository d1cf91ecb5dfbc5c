import { condition, defineQuery, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow'

/** What a process under a clock of its own says of the time. */
export interface ClockTold {
  main: number
  thread: number
  /** Measured by a clock that only goes forwards, ms. */
  elapsed: number
  /** Of a timer with a period of 100 ms. */
  ticks: number
}

const { tell } = proxyActivities<{ tell(): Promise<ClockTold> }>({ startToCloseTimeout: '10 seconds' })

export const ask = defineSignal('ask')
export const told = defineQuery<ClockTold[]>('told')

/** Asks the time whenever it is told to, a second apart from its own last answer. */
export async function clocks(times: number): Promise<ClockTold[]> {
  const answers: ClockTold[] = []
  let asked = 0
  setHandler(ask, () => void (asked += 1))
  setHandler(told, () => answers)
  while (answers.length < times) {
    await condition(() => asked > answers.length)
    await sleep(1000)
    answers.push(await tell())
  }
  return answers
}
