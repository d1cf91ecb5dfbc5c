import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    // A socket in Linux' abstract namespace: the kernel frees it however its holder ends, so no lock is ever stale.
    server.listen(`\0canfar-batch/${name}`, () => resolve(server))
  })
}

/**
 * Runs `work` while no other process of this host holds the lock for `what` (a path, usually).
 * `waiting` is called once if somebody else is at it.
 */
export async function withLock<T>(what: string, work: () => Promise<T>, waiting: () => void = () => {}): Promise<T> {
  const name = createHash('sha256').update(what).digest('hex').slice(0, 32)
  let server = await listen(name)
  if (server === undefined) waiting()
  while (server === undefined) {
    await sleep(100)
    server = await listen(name)
  }
  try {
    return await work()
  } finally {
    const held = server
    await new Promise((resolve) => held.close(resolve))
  }
}
