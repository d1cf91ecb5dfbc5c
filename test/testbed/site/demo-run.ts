import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { testbedHome } from '#testbed/instance/folders.ts'
import { CHECKOUT } from '#testbed/site/program.ts'

export interface Demo {
  child: ChildProcess
  output: () => string
  /** Resolves when the output matches, rejects when the demo ends before. */
  says: (pattern: RegExp) => Promise<string>
  exitCode: Promise<number | null>
}

/** Runs `script/demo`. Its instances are below `home`, so that other demos on this host are none of the test's business. */
export function demo(home: string, ...args: string[]): Demo {
  const child = spawn(join(CHECKOUT, 'script', 'demo'), args, {
    cwd: home,
    env: { ...process.env, XDG_STATE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const said = Promise.withResolvers<void>()
  let heard = said
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString()
      heard.resolve()
      heard = Promise.withResolvers<void>()
    })
  }
  const exitCode = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  return {
    child,
    output: () => output,
    exitCode,
    says: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output)
        if (match !== null) return match[1] ?? match[0]
        const next = heard.promise.then(() => 'more' as const)
        if ((await Promise.race([next, exitCode])) !== 'more') throw new Error(`the demo ended with\n${output}`)
      }
    },
  }
}

export const homeBelow = (state: string): string => testbedHome({ XDG_STATE_HOME: state })

/** What `--json` writes, as far as it is the same in each run. */
export interface Figures {
  vms: { booted: number; gone: number; left: number }
  clouds: { name: string; booted: number }[]
  seconds: Record<string, number>
}

/** What a whole run of the tutorial on `TWO_CLOUDS` comes to. */
export function wholeRun({ vms: { booted } }: Figures, number: unknown) {
  return {
    jobs: { submitted: 4, completed: 4, failed: 0 },
    outputs: ['1056215p', '1056216p', '1056217p', '1056218p'].map((name) => ({
      file: `${name}.cat`,
      starsFound: 240,
      starsPlaced: 240,
    })),
    vms: { booted, gone: booted, left: 0 },
    clouds: [
      // room for one
      { name: 'arbutus', booted: 1 },
      { name: 'east', booted: booted - 1 },
    ],
    seconds: { setup: number, submitToCreate: number, submitToDone: number, doneToGone: number },
  }
}
