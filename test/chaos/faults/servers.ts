import { BATCH_PROJECT } from '#testbed/site/words.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import type { FaultKind, World } from './kind.ts'

/** What becomes of a server behind its owner's back. */

interface Struck extends ServerRecord {
  cloud: SiteCloud
}

/** All worker VMs' servers in that status, in an order of their own. */
async function serversIn({ clouds, planted }: World, status: string): Promise<Struck[]> {
  const lists = await Promise.all(
    clouds.map(async (cloud) => (await cloud.admin.servers()).map((server) => ({ ...server, cloud }))),
  )
  return lists
    .flat()
    .filter((server) => server.deletedAt === null && server.status === status && !planted.has(server.name))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function onServer(
  kind: string,
  strike: (server: Struck) => Promise<void>,
  {
    status = 'ACTIVE',
    heal,
    ...more
  }: Partial<FaultKind> & { status?: string; heal?: (server: Struck, now: ServerRecord) => Promise<void> } = {},
): FaultKind {
  return {
    kind,
    weight: 1,
    lasts: [5, 20],
    ...more,
    inject: async (world, random) => {
      const at = random.next()
      const all = await serversIn(world, status)
      const server = all[Math.floor(at * all.length)]
      if (server === undefined) return undefined
      await strike(server)
      return {
        target: `vm/${server.name}`,
        note: server.id,
        heal: async () => {
          const now = (await server.cloud.admin.servers()).find(({ id }) => id === server.id)
          if (now !== undefined && now.deletedAt === null) await heal?.(server, now)
        },
      }
    },
  }
}

const gone = { endsJobs: 'of the VM', explains: ['Vanished'] } as const

export const serverFaults: readonly FaultKind[] = [
  onServer('server to ERROR', ({ id, cloud }) => cloud.admin.setState(id, 'ERROR', 'Injected fault'), {
    endsJobs: 'of the VM',
    explains: ['CloudError'],
  }),
  onServer('server to SHUTOFF', ({ id, cloud }) => cloud.admin.setState(id, 'SHUTOFF'), {
    endsJobs: 'of the VM',
    explains: ['SelfShutdown'],
  }),
  onServer('server migrates', ({ id, cloud }) => cloud.admin.setState(id, 'MIGRATING'), {
    heal: async ({ id, cloud }, { status }) => {
      if (status === 'MIGRATING') await cloud.admin.setState(id, 'ACTIVE')
    },
  }),
  onServer('server vanishes', ({ id, cloud }) => cloud.admin.vanish(id), { weight: 2, ...gone }),
  onServer('server soft-deleted', ({ id, cloud }) => cloud.admin.setState(id, 'SOFT_DELETED'), gone),
  onServer('server locked', ({ id, cloud }) => cloud.admin.lock(id), {
    heal: ({ id, cloud }) => cloud.admin.unlock(id),
  }),
  onServer('server sticks in its deletion', ({ id, cloud }) => cloud.admin.stick(id), {
    heal: ({ id, cloud }) => cloud.admin.release(id),
  }),
  onServer('server sticks in BUILD', ({ id, cloud }) => cloud.admin.stick(id), { status: 'BUILD', lasts: [10, 30] }),
]

/** Someone else takes what was free, or an administrator what was given: what is there stays, nothing more is accepted. */
export const quotaFault: FaultKind = {
  kind: 'quota shrinks',
  weight: 1,
  lasts: [10, 25],
  group: 'quota',
  inject: async ({ clouds }, random) => {
    const { name, admin } = random.pick(clouds)
    const instances = random.int(2, 8)
    await admin.setQuota(BATCH_PROJECT, { compute: { instances } })
    return {
      target: `cloud/${name}`,
      note: `${instances} instances`,
      heal: () => admin.setQuota(BATCH_PROJECT, { compute: { instances: QUOTA.instances } }),
    }
  },
}

/** Of the batch project on every cloud. */
export const QUOTA = { instances: 24, cores: 80 } as const
