import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '#domain/problem.ts'

export interface DemoOptions {
  help: boolean
  /** On two regions of a real OpenStack. */
  openstack: boolean
  keep: boolean
  stop: boolean
  /** Absolute path. */
  json?: string
}

export const USAGE = `usage: script/demo [--openstack] [--keep] [--json FILE] | --stop

Sets up a whole site on this machine (two simulated clouds, an HTCondor pool, Temporal, the worker process), runs the
tutorial's four jobs from a submit file to catalogues of stars, checks them, and takes everything down again.

  --openstack   two regions of a real OpenStack instead of the simulated clouds (as root; 2 GB of disk and three to five
                minutes once, 1.5 GB of memory)
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
        openstack: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        stop: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { openstack, keep, stop, json, help } = values
    if (stop && (openstack || keep || json !== undefined)) throw new Error('--stop goes with no other option')
    return { help, openstack, keep, stop, ...(json !== undefined && { json: resolve(callerDirectory, json) }) }
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
