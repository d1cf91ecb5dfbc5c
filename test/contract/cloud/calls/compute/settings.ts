import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Call, Expected, Source, Thing } from '../../matrix.ts'
import { expired, refused } from '../../expected.ts'
import { createServer, serverRests, serverState } from '../../things/servers.ts'
import { settings } from '../../things/settings.ts'
import { link } from './server-shapes.ts'

const shown = (source: Source, body: z.ZodType): Expected => ({ source, status: 200, body })

const flavor = z.strictObject({
  id: z.string(),
  name: z.string(),
  vcpus: z.int(),
  ram: z.int(),
  disk: z.int(),
  swap: z.int(),
  rxtx_factor: z.literal(1),
  'OS-FLV-EXT-DATA:ephemeral': z.int(),
  'OS-FLV-DISABLED:disabled': z.literal(false),
  'os-flavor-access:is_public': z.boolean(),
  description: z.string().nullable(),
  extra_specs: z.record(z.string(), z.string()),
  links: z.array(link).length(2),
})

const FLAVORS = 'https://docs.openstack.org/api-ref/compute/#list-flavors-with-details'

const flavors = (has: (ids: string[]) => boolean): Expected =>
  shown(FLAVORS, z.strictObject({ flavors: z.array(flavor).refine((list) => has(list.map(({ id }) => id))) }))
const withIt = (id: string) => flavors((ids) => ids.includes(id))
const without = (id: string) => flavors((ids) => ids.length > 0 && !ids.includes(id))

const at = (version: string, body: z.ZodType) => ({
  ...shown(FLAVORS, body),
  who: 'owner' as const,
  request: () => ({ path: '/flavors/detail', headers: { 'openstack-api-version': `compute ${version}` } }),
})

const flavorStates = settings({ public: 'small', 'of beta': 'betas', deleted: 'nothing' })

export const flavorsList: Call<'public' | 'of beta' | 'deleted'> = {
  name: 'compute GET /flavors/detail',
  thing: flavorStates,
  request: () => ({ path: '/flavors/detail' }),
  cells: {
    public: {
      owner: withIt('small'),
      reader: withIt('small'),
      other: withIt('small'),
      admin: withIt('small'),
      expired,
    },
    // an administrator is shown the public ones only, unless others are asked for
    'of beta': {
      owner: without('betas'),
      reader: without('betas'),
      other: withIt('betas'),
      admin: without('betas'),
      expired,
    },
    deleted: {
      owner: without('nothing'),
      reader: without('nothing'),
      other: without('nothing'),
      admin: without('nothing'),
      expired,
    },
  },
  cases: {
    'at 2.1': at(
      '2.1',
      z.strictObject({
        flavors: z.array(flavor.omit({ description: true, extra_specs: true }).extend({ swap: z.literal('') })),
      }),
    ),
    'pages in the order of ids': {
      source: 'observed',
      async holds(stage) {
        const Page = z.object({
          flavors: z.array(z.object({ id: z.string() })),
          flavors_links: z.array(z.object({ href: z.string() })).optional(),
        })
        const page = (query: string) =>
          stage.must('owner', { service: 'compute', method: 'GET', path: `/flavors/detail?${query}` }, Page)
        const all = await page('')
        expect(all.flavors_links).toBeUndefined()
        const found: string[] = []
        let query: string | undefined = 'limit=2'
        while (query !== undefined) {
          const { flavors: rows, flavors_links: links }: z.infer<typeof Page> = await page(query)
          found.push(...rows.map(({ id }) => id))
          query = links?.[0] && new URL(links[0].href).search.slice(1)
        }
        expect(found).toEqual(all.flavors.map(({ id }) => id))
        expect(found).toEqual(found.toSorted())
      },
    },
    'a marker that there is not': {
      ...refused(400, 'marker [nothing] not found'),
      who: 'owner',
      request: () => ({ path: '/flavors/detail?marker=nothing' }),
    },
  },
}

const LIMITS = 'https://docs.openstack.org/api-ref/compute/#show-rate-and-absolute-limits'

const absolute = z.strictObject({
  maxTotalInstances: z.int(),
  maxTotalCores: z.int(),
  maxTotalRAMSize: z.int(),
  maxTotalKeypairs: z.int(),
  maxServerMeta: z.int(),
  maxServerGroups: z.int(),
  maxServerGroupMembers: z.int(),
  totalInstancesUsed: z.int(),
  totalCoresUsed: z.int(),
  totalRAMUsed: z.int(),
  totalServerGroupsUsed: z.int(),
})

const limits = (instances: number): Expected =>
  shown(
    LIMITS,
    z.strictObject({
      limits: z.strictObject({
        rate: z.tuple([]),
        absolute: absolute.extend({ maxTotalInstances: z.literal(instances) }),
      }),
    }),
  )

const Used = z.object({
  limits: z.object({
    absolute: z.object({ totalInstancesUsed: z.int(), totalCoresUsed: z.int(), totalRAMUsed: z.int() }),
  }),
})

export const limitsShow: Call<'without a limit'> = {
  name: 'compute GET /limits',
  thing: settings({ 'without a limit': '' }),
  request: () => ({ path: '/limits' }),
  cells: {
    'without a limit': { owner: limits(-1), reader: limits(-1), other: limits(-1), admin: limits(10), expired },
  },
  cases: {
    'a failed server counts, and a deleted one until it is gone': {
      source: 'observed',
      async holds(stage) {
        const used = async () => {
          const { totalInstancesUsed, totalCoresUsed, totalRAMUsed } = (
            await stage.must('counted', { service: 'compute', method: 'GET', path: '/limits' }, Used)
          ).limits.absolute
          return [totalInstancesUsed, totalCoresUsed, totalRAMUsed]
        }
        expect(await used()).toEqual([0, 0, 0])
        const made = await createServer(stage, {}, 'counted')
        await serverRests(stage, made.id)
        expect(await used()).toEqual([1, 1, 1024])
        const failed = await createServer(stage, { flavorRef: 'huge' }, 'counted')
        await serverRests(stage, failed.id)
        expect(await used()).toEqual([2, 100_001, 2048])
        await stage.world.hold(made.name)
        for (const { id } of [made, failed])
          await stage.must('counted', { service: 'compute', method: 'DELETE', path: `/servers/${id}` }, z.unknown())
        await stage.until(
          'the failed one to go',
          () => serverState(stage, failed.id),
          (state) => state === 'absent',
        )
        expect(await used()).toEqual([1, 1, 1024])
        await stage.world.letGo(made.name)
        await stage.until(
          'the other one to go',
          () => serverState(stage, made.id),
          (state) => state === 'absent',
        )
        expect(await used()).toEqual([0, 0, 0])
      },
    },
  },
}

const KEYS = 'https://docs.openstack.org/api-ref/compute/#list-keypairs'

const keypair = z.strictObject({
  name: z.string(),
  public_key: z.string(),
  fingerprint: z.string(),
  type: z.literal('ssh'),
})
const keys = (count: number): Expected =>
  shown(KEYS, z.strictObject({ keypairs: z.array(z.strictObject({ keypair })).length(count) }))

/** In the form of OpenSSH: each part after its length. */
const publicKey = (): string => {
  const parts = [Buffer.from('ssh-ed25519'), randomBytes(32)].flatMap((part) => [
    Buffer.from([0, 0, 0, part.length]),
    part,
  ])
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')}`
}

/** Keys belong to users. */
const ownersKey: Thing<"of the owner's user"> = {
  async make(stage) {
    const json = { keypair: { name: 'contract', public_key: publicKey() } }
    await stage.must('owner', { service: 'compute', method: 'POST', path: '/os-keypairs', json }, z.unknown())
    return { id: 'contract' }
  },
  look: async () => 'there',
}

export const keypairsList: Call<"of the owner's user"> = {
  name: 'compute GET /os-keypairs',
  thing: ownersKey,
  request: () => ({ path: '/os-keypairs' }),
  cells: { "of the owner's user": { owner: keys(1), reader: keys(0), other: keys(0), admin: keys(0), expired } },
  cases: {},
}

const ZONES = 'https://docs.openstack.org/api-ref/compute/#get-availability-zone-information'

const zones = shown(
  ZONES,
  z.strictObject({
    availabilityZoneInfo: z.tuple([
      z.strictObject({
        zoneName: z.literal('nova'),
        zoneState: z.strictObject({ available: z.literal(true) }),
        hosts: z.null(),
      }),
    ]),
  }),
)

export const zonesList: Call<'available'> = {
  name: 'compute GET /os-availability-zone',
  thing: settings({ available: 'nova' }),
  request: () => ({ path: '/os-availability-zone' }),
  cells: { available: { owner: zones, reader: zones, other: zones, admin: zones, expired } },
  cases: {},
}

const version = shown(
  'https://docs.openstack.org/api-ref/compute/#show-details-of-specific-api-version',
  z.strictObject({
    version: z.strictObject({
      id: z.literal('v2.1'),
      status: z.literal('CURRENT'),
      version: z.literal('2.100'),
      min_version: z.literal('2.1'),
      updated: z.string(),
      links: z.array(z.strictObject({ rel: z.string(), href: z.url(), type: z.string().optional() })),
      'media-types': z.array(z.strictObject({ base: z.string(), type: z.string() })),
    }),
  }),
)

export const computeVersion: Call<'current'> = {
  name: 'compute GET /',
  thing: settings({ current: '' }),
  request: () => ({ path: '/' }),
  // it is told to everyone
  cells: { current: { owner: version, reader: version, other: version, admin: version, expired: version } },
  cases: {},
}
