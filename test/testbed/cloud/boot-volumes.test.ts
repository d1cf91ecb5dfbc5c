import { describe, expect, test } from 'vitest'
import {
  asker,
  boot,
  cloudFor,
  field,
  idOf,
  imageId,
  projectId,
  seed,
  statusBecomes,
  until,
  type Answer,
  type Asker,
} from './fixture.ts'

const fromVolume = async (ask: Asker, change: Record<string, unknown> = {}): Promise<Record<string, unknown>> => ({
  imageRef: undefined,
  flavorRef: 'diskless',
  block_device_mapping_v2: [
    {
      source_type: 'image',
      destination_type: 'volume',
      uuid: await imageId(ask, 'base'),
      boot_index: 0,
      volume_size: 8,
      delete_on_termination: true,
      ...change,
    },
  ],
})
const volume = async (ask: Asker, id: string): Promise<Answer> =>
  ask('GET', `volume/${await projectId(ask)}/volumes/${id}`)
const volumeBecomes = (ask: Asker, id: string, status: string): Promise<Answer> =>
  until(
    () => volume(ask, id),
    (answer) => answer.status === 200 && field(answer, 'volume', 'status') === status,
  )
const serverGone = (ask: Asker, id: string): Promise<Answer> =>
  until(
    () => ask('GET', `compute/servers/${id}`),
    ({ status }) => status === 404,
  )
const volumeIn = (answer: Answer): string => field(answer, 'server', 'os-extended-volumes:volumes_attached', 0, 'id')

describe('a server that boots from a volume', () => {
  test('has one made of the image, in use while it runs, and gone with it', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const made = await boot(ann, await fromVolume(ann))
    expect(made.status).toBe(202)
    const id = idOf(made)
    const active = await statusBecomes(ann, id, 'ACTIVE')
    const volumeId = volumeIn(active)
    expect(active.body).toMatchObject({
      server: {
        image: '',
        'os-extended-volumes:volumes_attached': [{ id: volumeId, delete_on_termination: true }],
      },
    })
    expect(
      (await ann('GET', `compute/servers/${id}`, undefined, { 'OpenStack-API-Version': 'compute 2.1' })).body,
    ).toMatchObject({ server: { 'os-extended-volumes:volumes_attached': [{ id: volumeId }] } })
    expect((await volume(ann, volumeId)).body).toMatchObject({
      volume: {
        name: '',
        status: 'in-use',
        size: 8,
        bootable: 'true',
        attachments: [{ server_id: id, device: '/dev/vda' }],
        volume_image_metadata: { image_name: 'base' },
      },
    })
    expect((await ann('DELETE', `volume/${await projectId(ann)}/volumes/${volumeId}`)).text).toContain('must not be')
    await ann('DELETE', `compute/servers/${id}`)
    await serverGone(ann, id)
    await until(
      () => volume(ann, volumeId),
      ({ status }) => status === 404,
    )
  })

  test('leaves it free if it was not to be deleted, and another boots from it', async () => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const id = idOf(await boot(ann, await fromVolume(ann, { delete_on_termination: false })))
    const volumeId = volumeIn(await statusBecomes(ann, id, 'ACTIVE'))
    await ann('DELETE', `compute/servers/${id}`)
    await serverGone(ann, id)
    expect((await volumeBecomes(ann, volumeId, 'available')).body).toMatchObject({ volume: { attachments: [] } })
    const again = await fromVolume(ann, { source_type: 'volume', uuid: volumeId, volume_size: null })
    const next = idOf(await boot(ann, again))
    await statusBecomes(ann, next, 'ACTIVE')
    expect((await volume(ann, volumeId)).body).toMatchObject({ volume: { attachments: [{ server_id: next }] } })
  })

  test('fails to build where Cinder refuses, and leaves nothing', async () => {
    const cloud = await cloudFor({ seed: { ...seed, quotas: { alpha: { volume: { gigabytes: 5 } } } } })
    const ann = await asker(cloud, 'ann', 'alpha')
    const id = idOf(await boot(ann, await fromVolume(ann)))
    expect((await statusBecomes(ann, id, 'ERROR')).body).toMatchObject({
      server: {
        fault: {
          code: 500,
          message: `Build of instance ${id} aborted: VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 8G, quota is 5G and 0G has been consumed.`,
        },
      },
    })
    expect((await cloud.admin.inventory()).volumes).toEqual([])
  })

  test('that fails to build gives its volume back', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.addFault({ match: { service: 'compute', method: 'POST' }, effect: { kind: 'build-error' } })
    await statusBecomes(ann, idOf(await boot(ann, await fromVolume(ann))), 'ERROR')
    const { volumes } = await until(
      () => cloud.admin.inventory(),
      (seen) => seen.volumes.length === 0,
    )
    expect(volumes).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['no size', { volume_size: undefined }, "Images with destination_type 'volume' need to have a non-zero size"],
    ['too small a size', { volume_size: 4 }, 'Volume is smaller than the minimum size specified in image metadata.'],
    ['no boot device', { boot_index: -1 }, 'Boot sequence for the instance'],
    ['an unknown type', { volume_type: 'gold' }, 'Volume type gold could not be found.'],
    ['a volume that there is not', { source_type: 'volume' }, 'failed to get volume'],
    ['an unknown field', { colour: 'red' }, "('colour' was unexpected)"],
  ])('is refused with %s', async (_what, change, text) => {
    const ann = await asker(await cloudFor(), 'ann', 'alpha')
    const refused = await boot(ann, await fromVolume(ann, change))
    expect(refused.status).toBe(400)
    expect(field(refused, 'badRequest', 'message')).toContain(text)
  })
})

test('a flavor without root disk boots an image for administrators alone', async () => {
  const cloud = await cloudFor()
  const refused = await boot(await asker(cloud, 'ann', 'alpha'), { flavorRef: 'diskless' })
  expect(refused.body).toEqual({
    forbidden: { code: 403, message: 'Only volume-backed servers are allowed for flavors with zero disk.' },
  })
  expect((await boot(await asker(cloud, 'root', 'admin'), { flavorRef: 'diskless' })).status).toBe(202)
})

describe('volumes that are left behind', () => {
  test.each(['available', 'in-use', 'error_deleting'] as const)('%s', async (as) => {
    const cloud = await cloudFor()
    const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
    const id = idOf(await boot(ann, await fromVolume(ann)))
    const volumeId = volumeIn(await statusBecomes(ann, id, 'ACTIVE'))
    expect((await cloud.admin.inventory()).volumes).toMatchObject([{ id: volumeId, orphan: false, servers: [id] }])
    await cloud.admin.addFault({ match: { method: 'DELETE' }, effect: { kind: 'keep-volumes', as } })
    await ann('DELETE', `compute/servers/${id}`)
    await serverGone(ann, id)
    const servers = as === 'in-use' ? [id] : []
    expect((await cloud.admin.inventory()).volumes).toEqual([
      { id: volumeId, status: as, sizeGb: 8, orphan: true, servers },
    ])
    const at = `volume/${await projectId(ann)}/volumes/${volumeId}`
    expect((await ann('DELETE', at)).status).toBe(as === 'available' ? 202 : 400)
    if (as !== 'available') {
      const forced = { 'os-force_delete': {} }
      expect((await ann('POST', `${at}/action`, forced)).body).toEqual({
        forbidden: {
          code: 403,
          message: "Policy doesn't allow volume_extension:volume_admin_actions:force_delete to be performed.",
        },
      })
      expect((await root('POST', `${at}/action`, forced)).status).toBe(202)
    }
    await until(
      () => volume(ann, volumeId),
      ({ status }) => status === 404,
    )
  })
})

test('volumes are attached and detached, and outlive the server unless it is said otherwise', async () => {
  const ann = await asker(await cloudFor(), 'ann', 'alpha')
  const project = await projectId(ann)
  const create = async (): Promise<string> => {
    const id = field(await ann('POST', `volume/${project}/volumes`, { volume: { size: 1 } }), 'volume', 'id')
    await volumeBecomes(ann, id, 'available')
    return id
  }
  const server = idOf(await boot(ann, await fromVolume(ann)))
  const root = volumeIn(await statusBecomes(ann, server, 'ACTIVE'))
  const [first, second] = [await create(), await create()]
  const at = `compute/servers/${server}/os-volume_attachments`
  const attach = (volumeId: string, more = {}) => ann('POST', at, { volumeAttachment: { volumeId, ...more } })
  expect((await attach(first)).body).toEqual({
    volumeAttachment: {
      volumeId: first,
      id: undefined,
      serverId: server,
      device: '/dev/vdb',
      tag: null,
      delete_on_termination: false,
      attachment_id: expect.any(String) as unknown,
      bdm_uuid: first,
    },
  })
  expect((await attach(first)).status).toBe(400)
  expect((await attach(second, { delete_on_termination: true })).status).toBe(200)
  await volumeBecomes(ann, first, 'in-use')
  expect((await ann('DELETE', `${at}/${root}`)).body).toEqual({
    forbidden: { code: 403, message: 'Cannot detach a root device volume' },
  })
  expect((await ann('DELETE', `${at}/${second}`)).status).toBe(202)
  await volumeBecomes(ann, second, 'available')
  expect((await attach(second, { delete_on_termination: true })).status).toBe(200)
  await ann('DELETE', `compute/servers/${server}`)
  await serverGone(ann, server)
  await volumeBecomes(ann, first, 'available')
  for (const id of [root, second])
    await until(
      () => volume(ann, id),
      ({ status }) => status === 404,
    )
})
