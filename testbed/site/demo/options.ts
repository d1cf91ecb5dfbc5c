import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '#domain/problem.ts'

export interface DemoOptions {
  help: boolean
  keep: boolean
  stop: boolean
  /** Absolute path. */
  json?: string
}

export const USAGE = `usage: script/demo [--keep] [--json FILE] | --stop

Sets up a whole site on this machine (two simulated clouds, an HTCondor pool, Temporal, the worker process), runs the
tutorial's four jobs from a submit file to catalogues of stars, checks them, and takes everything down again.

  --keep        leave the site up, with the web UI's address and commands to try next
  --stop        take down what --keep left up, and whatever a killed demo left behind
  --json FILE   write the figures there
  -h, --help    this help

As root worker VMs are guests with a root file system and address of their own; without root they are plain processes.
Exit code 0: every job completed, every star was found, every VM is gone.
`

/** @throws Problem of kind `usage` */
export function demoOptions(args: readonly string[], callerDirectory: string): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        keep: { type: 'boolean', default: false },
        stop: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { keep, stop, json, help } = values
    if (stop && (keep || json !== undefined)) throw new Error('--stop goes with no other option')
    return { help, keep, stop, ...(json !== undefined && { json: resolve(callerDirectory, json) }) }
  } catch (error) {
    throw new Problem(
      {
        code: 'Usage',
        kind: 'usage',
        message: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
        next: 'script/demo --help',
      },
      { cause: error },
    )
  }
}
