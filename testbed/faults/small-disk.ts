import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Instance } from '#testbed/instance/instance.ts'
import { needRoot } from './need-root.ts'

/** A file system that a test can fill without harm to anybody else. */
export interface SmallDisk {
  readonly path: string
  /** Takes all that is free: whoever writes there from now on is told that no space is left. */
  fill(): void
  /** Gives it back. */
  free(): void
}

/**
 * Mounts a file system of so many megabytes below the instance's folder; it goes with the instance.
 * @throws {@link Problem} `NeedsRoot`
 */
export async function smallDisk(instance: Instance, name: string, megabytes: number): Promise<SmallDisk> {
  needRoot(`the small disk "${name}"`)
  const path = join(instance.folder, 'disks', name)
  mkdirSync(path, { recursive: true })
  const options = `size=${megabytes}m,mode=755`
  await instance.ledger.make({ kind: 'mount', path }, () =>
    execa('mount', ['-t', 'tmpfs', '-o', options, `canfar-${instance.id}`, path]),
  )
  const ballast = join(path, 'ballast')
  return { path, fill: () => grow(ballast), free: () => rmSync(ballast, { force: true }) }
}

/** Appends until the disk is full to the last block. */
function grow(path: string): void {
  const block = Buffer.alloc(1 << 16)
  const file = openSync(path, 'a')
  try {
    // the last write is cut to what fits, the one after it fails
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}
