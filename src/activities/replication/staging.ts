import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat, statfs, truncate, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { newHash } from 'openstack-ts'
import { imageReplicationId } from '#contract/image-replication.ts'
import { Problem } from '#domain/problem.ts'

/** Left to everything else on that disk, bytes. */
const spared = 256 * 2 ** 20

/** The file in the site's state folder through which the data of one copy go; readable by the worker process alone. */
export class Staging {
  readonly folder: string
  readonly path: string

  /** @param workflowId of a replication: whichever run it is goes on with the same data */
  constructor(stateFolder: string, workflowId: string) {
    this.folder = join(stateFolder, 'replication')
    this.path = join(this.folder, `${workflowId.replaceAll('/', '.')}.part`)
  }

  static of(stateFolder: string, { hash, to }: { hash: { value: string }; to: { cloud: string } }): Staging {
    return new Staging(stateFolder, imageReplicationId(hash.value, to.cloud))
  }

  /** How many bytes are there. */
  async bytes(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      (error: unknown) => {
        if (isErrno(error, 'ENOENT')) return 0
        throw error
      },
    )
  }

  /** Cut to so many bytes, open at their end. @throws Problem `DiskFull` if the rest has no room */
  async openAt(bytes: number, sizeBytes: number): Promise<FileHandle> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    await this.#needRoom(sizeBytes - bytes)
    const file = await open(this.path, 'a', 0o600)
    await truncate(this.path, bytes)
    return file
  }

  async hash(algorithm: string, signal: AbortSignal): Promise<string> {
    const hash = newHash(algorithm)
    for await (const piece of this.read(signal)) hash.update(piece)
    return hash.digest('hex')
  }

  read(signal: AbortSignal): AsyncIterable<Uint8Array> {
    return createReadStream(this.path, { highWaterMark: 256 * 1024, signal }) as AsyncIterable<Uint8Array>
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
  }

  async #needRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder)
    if (bavail * bsize < bytes + spared)
      throw this.full(`${bytes} bytes are needed, ${bavail * bsize} are free (ENOSPC)`)
  }

  full(why: string): Problem {
    return new Problem({
      code: 'DiskFull',
      kind: 'failure',
      where: this.folder,
      message: `the state folder of the worker process has no room for the image: ${why}`,
      next: 'Ask your operators to make room there, then replicate again.',
    })
  }
}

export const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
