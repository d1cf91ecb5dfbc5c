import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Asked, Case, Expected, Request } from '../../matrix.ts'
import { refused } from '../../expected.ts'
import type { Person, Stage } from '../../stage.ts'
import { qcow2Image, seededImage } from '../../things/images.ts'
import { networkId } from '../../things/networks.ts'
import { createServer, serverName, serverRests } from '../../things/servers.ts'
import { CREATE_SERVER, createdServer } from './server-shapes.ts'

type Change = Record<string, unknown>

/** A request that would do but for this change. */
async function changed(stage: Stage, change: Change): Promise<Request> {
  const usual = { name: serverName(stage), imageRef: await seededImage(stage), flavorRef: 'small', networks: 'none' }
  return { path: '/servers', json: { server: { ...usual, ...change } } }
}

const asked = (
  expected: Expected,
  change: Change | ((stage: Stage) => Promise<Change>),
  who: Person = 'owner',
): Asked => ({
  ...expected,
  who,
  request: async (stage) => changed(stage, typeof change === 'function' ? await change(stage) : change),
})

const accepted: Expected = { source: CREATE_SERVER, status: 202, body: createdServer, made: 'ACTIVE' }

const base64 = (length: number): string => Buffer.alloc((length / 4) * 3).toString('base64')

const at = (version: string, expected: Expected, change: Change = {}): Asked => ({
  ...expected,
  who: 'owner',
  request: async (stage) => ({
    ...(await changed(stage, change)),
    headers: { 'openstack-api-version': version },
  }),
})

/** As Nova words what its schema says. */
const invalid = (field: string, value: string, why: string): Expected =>
  refused(400, `Invalid input for field/attribute ${field}. Value: ${value}. ${why}`)

const SHALLOW =
  "Flavor's disk is smaller than the minimum size specified in image metadata. " +
  'Flavor disk is 1073741824 bytes, minimum size is 5368709120 bytes.'

const bodies: Record<string, Case> = {
  'no body': { ...refused(400, "None is not of type 'object'"), who: 'owner', request: () => ({ path: '/servers' }) },
  'a body that is no JSON': {
    ...refused(400, 'Malformed request body'),
    who: 'owner',
    request: () => ({
      path: '/servers',
      bytes: new TextEncoder().encode('{'),
      headers: { 'content-type': 'application/json' },
    }),
  },
  'an unknown property': asked(
    invalid('server', '…', "Additional properties are not allowed ('colour' was unexpected)"),
    { colour: 'red' },
  ),
  'no name': asked(invalid('name', '', "'' is too short"), { name: '' }),
  'a name of 255 letters': asked(accepted, { name: 'n'.repeat(255) }),
  'a name of 256 letters': asked(invalid('name', '…', "'…' is too long"), { name: 'n'.repeat(256) }),
  'no flavor': asked(invalid('server', '…', "'flavorRef' is a required property"), { flavorRef: undefined }),
  'no networks from 2.37 on': at('compute 2.79', invalid('server', '…', "'networks' is a required property"), {
    networks: undefined,
  }),
  'no networks before 2.37': at('compute 2.36', accepted, { networks: undefined }),
  'user data of 65,532 bytes of base64': asked(accepted, { user_data: base64(65_532) }),
  'user data of 65,536 bytes of base64': asked(invalid('user_data', '…', "'…' is too long"), {
    user_data: base64(65_536),
  }),
  'user data that are no base64': asked(invalid('user_data', 'a', "'a' is not a 'base64'"), { user_data: 'a' }),
  '128 items of metadata': asked(accepted, {
    metadata: Object.fromEntries(Array.from({ length: 128 }, (_, n) => [`key${n}`, 'v'])),
  }),
  '129 items of metadata': asked(refused(403, 'Maximum number of metadata items exceeds 128'), {
    metadata: Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`key${n}`, 'v'])),
  }),
  'metadata of 256 letters': asked(invalid('key', '…', "'…' is too long"), { metadata: { key: 'v'.repeat(256) } }),
  'a metadata key with a slash': asked(
    invalid('metadata', "{'a/b': 'c'}", "'a/b' does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'"),
    { metadata: { 'a/b': 'c' } },
  ),
  'tags before 2.52': at(
    'compute 2.51',
    invalid('server', '…', "Additional properties are not allowed ('tags' was unexpected)"),
    { tags: ['a'] },
  ),
  'a name that exists': {
    source: 'observed',
    async holds(stage) {
      const first = await createServer(stage)
      const second = await createServer(stage, { name: first.name })
      expect(second.id).not.toBe(first.id)
      expect(await serverRests(stage, second.id)).toBe('ACTIVE')
    },
  },
}

const versions: Record<string, Case> = {
  'a microversion of the future': at(
    'compute 2.999',
    refused(406, 'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.100.'),
  ),
  'a microversion of the past': at(
    'compute 1.9',
    refused(406, 'Version 1.9 is not supported by the API. Minimum is 2.1 and maximum is 2.100.'),
  ),
  'a microversion that is none': at(
    'compute two',
    refused(400, 'API Version String two is of invalid format. Must be of format MajorNum.MinorNum.'),
  ),
  'the newest microversion': at('compute latest', accepted),
  'the oldest microversion': at('compute 2.1', accepted, { networks: undefined }),
}

const choices: Record<string, Case> = {
  'a flavor that there is not': asked(refused(400, 'Flavor nowhere could not be found.'), { flavorRef: 'nowhere' }),
  "another project's flavor": asked(refused(400, 'Flavor betas could not be found.'), { flavorRef: 'betas' }),
  'a flavor with too little memory': asked(refused(400, "Flavor's memory is too small for requested image."), {
    flavorRef: 'weak',
  }),
  'a flavor with too small a disk': asked(refused(400, SHALLOW), { flavorRef: 'shallow' }),
  // What comes of it is the hypervisor's: one that is none builds it.
  'a flavor whose disk is smaller than the image': asked(
    { source: 'observed', status: 202, body: createdServer },
    async (stage) => ({ imageRef: await qcow2Image(stage, 3), flavorRef: 'shallow' }),
  ),
  'root disk 0': asked(refused(403, 'Only volume-backed servers are allowed for flavors with zero disk.'), {
    flavorRef: 'diskless',
  }),
  'root disk 0, an administrator': asked(accepted, { flavorRef: 'diskless' }, 'admin'),
  'an image id that is no UUID': asked(
    invalid('imageRef', 'base', "'base' is not valid under any of the given schemas"),
    { imageRef: 'base' },
  ),
  'no image': asked(refused(400, 'Missing imageRef attribute'), { imageRef: '' }),
  'a key pair that there is not': asked(refused(400, 'Invalid key_name provided.'), { key_name: 'nothing' }),
  'a zone that there is not': asked(refused(400, 'The requested availability zone is not available'), {
    availability_zone: 'moon',
  }),
  'a security group that there is not': asked(refused(400, "Unable to find security_group with name or id 'nothing'"), {
    security_groups: [{ name: 'nothing' }],
    networks: 'auto',
  }),
}

const networks: Record<string, Case> = {
  'the only network': asked(accepted, { networks: 'auto' }),
  'several networks, none named': asked(
    refused(409, 'Multiple possible networks found, use a Network ID to be more specific.'),
    { networks: 'auto' },
    'forked',
  ),
  'several networks, one named': asked(
    accepted,
    async (stage) => ({ networks: [{ uuid: await networkId(stage, 'left', 'forked') }] }),
    'forked',
  ),
  'a network that there is not': {
    ...refused(400, 'Network <gone> could not be found.'),
    who: 'owner',
    async request(stage) {
      const gone = randomUUID()
      return { ...(await changed(stage, { networks: [{ uuid: gone }] })), words: { gone } }
    },
  },
  "another project's network": {
    ...refused(400, 'Network <left> could not be found.'),
    who: 'owner',
    async request(stage) {
      const left = await networkId(stage, 'left', 'forked')
      return { ...(await changed(stage, { networks: [{ uuid: left }] })), words: { left } }
    },
  },
}

/** In the project with room for one server, 20 cores, 2 GB and no port. */
const quotas: Record<string, Case> = {
  'more cores than the quota': asked(
    refused(403, 'Quota exceeded for cores: Requested 100000, but already used 0 of 20 cores'),
    { flavorRef: 'huge' },
    'narrow',
  ),
  'more servers than the quota': asked(
    refused(
      403,
      'Quota exceeded for instances, ram: Requested 3, 3072, but already used 0, 0 of 1, 2048 instances, ram',
    ),
    { min_count: 3, max_count: 3 },
    'narrow',
  ),
  'more ports than the quota': asked(refused(403, 'Maximum number of ports exceeded'), { networks: 'auto' }, 'narrow'),
}

const Fault = z.object({ server: z.object({ status: z.string(), fault: z.unknown() }) })

async function faultOf(stage: Stage, id: string, who: Person): Promise<unknown> {
  const ask = { service: 'compute', method: 'GET', path: `/servers/${id}` } as const
  return (await stage.must(who, ask, Fault)).server.fault
}

/** Accepted, and given up later. */
const fails = (change: Change | ((stage: Stage) => Promise<Change>), message: string): Case => ({
  source: 'observed',
  async holds(stage) {
    const { id } = await createServer(stage, typeof change === 'function' ? await change(stage) : change)
    expect(await serverRests(stage, id)).toBe('ERROR')
    expect(await faultOf(stage, id, 'owner')).toEqual({
      code: 500,
      created: expect.any(String),
      message: message.replace('<id>', id),
    })
  },
})

const outcomes: Record<string, Case> = {
  'no host has room': fails({ flavorRef: 'huge' }, 'No valid host was found. '),
  'a network without a free address': {
    source: 'observed',
    async holds(stage) {
      const cramped = await networkId(stage, 'cramped', 'forked')
      const change = { networks: [{ uuid: cramped }] }
      const made = await Promise.all([1, 2].map(() => createServer(stage, change, 'forked')))
      const states = await Promise.all(made.map(({ id }) => serverRests(stage, id)))
      expect(states.toSorted()).toEqual(['ACTIVE', 'ERROR'])
      const failed = made[states.indexOf('ERROR')]?.id ?? ''
      const why = `with error No fixed IP addresses available for network: ${cramped}, not rescheduling.`
      const message = `Build of instance ${failed} aborted: Failed to allocate the network(s) ${why}`
      expect(await faultOf(stage, failed, 'forked')).toEqual({ code: 500, created: expect.any(String), message })
    },
  },
  'an external network': fails(
    async (stage) => ({ networks: [{ uuid: await networkId(stage, 'outside', 'owner') }] }),
    'Build of instance <id> aborted: Failed to allocate the network(s), not rescheduling.',
  ),
}

export const serversCreateCases = { ...bodies, ...versions, ...choices, ...networks, ...quotas, ...outcomes }
