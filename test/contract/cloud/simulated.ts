import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCloud } from '#testbed/cloud/start.ts'
import { seed } from './seed.ts'
import type { World } from './world.ts'

/** The simulator, in this process. */
export async function simulatedWorld(): Promise<World> {
  const imageFolder = mkdtempSync(join(tmpdir(), 'contract-images-'))
  const cloud = await startCloud({
    name: 'contract',
    adminToken: 'admin-token-of-the-contract',
    seed,
    imageFolder,
    timings: { buildMs: 30, deleteMs: 30, actionMs: 20, snapshotMs: 30, volumeMs: 30 },
  })
  const { admin } = cloud
  return {
    name: 'the simulator',
    lookEvery: 10,
    urls: {
      identity: cloud.authUrl,
      image: `${cloud.url}/image/v2`,
      compute: `${cloud.url}/compute/v2.1`,
      network: `${cloud.url}/network/v2.0`,
      'block-storage': `${cloud.url}/volume/v3`,
    },
    async hold(server) {
      const match = { service: 'compute', name: `^${server}$` } as const
      const build = { ...match, pathRegex: '/servers$' }
      await admin.addFault({ match: build, times: null, effect: { kind: 'stuck-building' } })
      await admin.addFault({ match, times: null, effect: { kind: 'stuck-deleting' } })
    },
    async letGo(server) {
      for (const { id, match } of await admin.faults()) if (match.name === `^${server}$`) await admin.removeFault(id)
      for (const { id, name, deletedAt } of await admin.servers()) {
        if (name === server && deletedAt === null) await admin.release(id)
      }
    },
    async stop() {
      await cloud.stop()
      rmSync(imageFolder, { recursive: true, force: true })
    },
  }
}
