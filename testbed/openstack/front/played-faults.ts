import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Effect } from '#testbed/front/rule.ts'

/** What the folder driver looks for before it makes or destroys a guest: a file `<server name>.<kind>`. */
const KINDS = ['stuck-building', 'build-error', 'stuck-deleting'] as const

/** Faults that a region's hypervisor plays. */
export class PlayedFaults {
  readonly #folder: string

  constructor(hypervisorFolder: string) {
    this.#folder = hypervisorFolder
  }

  canPlay = ({ kind }: Effect): boolean => KINDS.some((one) => one === kind)

  begin(server: string, effect: Effect): void {
    writeFileSync(this.#file(server, effect.kind), effect.kind === 'build-error' ? effect.text : '')
  }

  isStuck = (server: string): boolean => KINDS.some((kind) => existsSync(this.#file(server, kind)))

  /** What was stuck goes on. */
  end(server: string): void {
    for (const kind of KINDS) rmSync(this.#file(server, kind), { force: true })
  }

  #file = (server: string, kind: Effect['kind']): string => join(this.#folder, `${server}.${kind}`)
}
