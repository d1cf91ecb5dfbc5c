import type { ProcessRef } from '#testbed/instance/process-table.ts'
import type { Server } from './server-file.ts'

export interface Start {
  argv: readonly [string, ...string[]]
  env: Readonly<Record<string, string>>
}

/** A way to turn a server into something that runs. */
export interface GuestKind {
  /** Writes what the guest's disk holds at its first boot; called once, before anything runs. */
  prepare(server: Server, folder: string): Promise<void>
  /**
   * The command that becomes the guest's first process. It must take `<folder>/lock` for as long as it lives (exit
   * code 75 if it is taken) and then write its pid and start time to `<folder>/pid`.
   */
  start(server: Server, folder: string): Start
  /** Names of network links that a guest has on the host. */
  links(server: Pick<Server, 'id'>): string[]
  /** Cuts the power: returns when nothing of the guest runs any more. */
  end(this: void, first: ProcessRef): Promise<void>
}

/** Exit code of a start that found the guest running already (EX_TEMPFAIL). */
export const ALREADY_RUNNING = 75
