import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '#testbed/cache/cache.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { findLibfaketime } from './libfaketime.ts'
import { needRoot } from './need-root.ts'

/** A time of day for one process and those below it that keep its environment. What measures durations is not touched. */
export interface FakeClock {
  /** The command that runs `argv` by this clock. */
  command(argv: readonly string[]): [string, ...string[]]
  /** Sets the clock forwards or backwards by so much, at once, also in processes that run. */
  step(ms: number): void
  /** How far it is ahead of the host's clock, ms. */
  ahead(): number
}

/**
 * Makes a clock that agrees with the host's until it is stepped.
 * @throws {@link Problem} `NeedsRoot`, or what fetching libfaketime fails of
 */
export async function fakeClock(
  instance: Instance,
  name: string,
  options: { progress?: Progress } = {},
): Promise<FakeClock> {
  needRoot(`the clock "${name}"`)
  const library = await findLibfaketime(options)
  const control = join(instance.folder, `clock-${name}`)
  let ahead = 0
  const set = (ms: number): void => {
    ahead = ms
    // renamed into place: it is read at every look at the clock, and half a number is another time
    writeFileSync(`${control}.new`, `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`)
    renameSync(`${control}.new`, control)
  }
  set(0)
  const settings = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: control,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // files keep the times that they have
    NO_FAKE_STAT: '1',
  }
  return {
    command: (argv) => [
      ...withOwnSharedMemory,
      'env',
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
      ...argv,
    ],
    step: (ms) => set(ahead + ms),
    ahead: () => ahead,
  }
}

/** libfaketime leaves files in /dev/shm when its process is killed: a /dev/shm of the process's own goes with it. */
const withOwnSharedMemory = [
  'unshare',
  '--mount',
  '--propagation',
  'slave',
  'sh',
  '-c',
  'mount -t tmpfs -o size=1m none /dev/shm && exec "$@"',
  'sh',
] as const
