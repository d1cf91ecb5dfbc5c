import { describe, expect, test } from 'vitest'
import { judgeImages, smallestImage } from '#domain/cloud-check/images.ts'
import { judgeFlavors, judgeRoom, type RoomFacts } from '#domain/cloud-check/room.ts'
import { judgeUserData } from '#domain/cloud-check/user-data.ts'
import type { Flavor } from '#domain/flavor.ts'
import type { Image } from '#domain/image.ts'
import { encodeUserData } from '#domain/worker/user-data.ts'

const flavor: Flavor = { id: 'f', name: 'c2', vcpus: 2, ramMb: 4000, diskGb: 20, ephemeralGb: 30 }
const diskless = { ...flavor, id: 'd', name: 'v2', vcpus: 1, diskGb: 0 }

describe('flavors', () => {
  test.each([
    [[flavor, diskless], false, 'c2', '1, the smallest is c2; 1 without root disk are not used'],
    [[flavor, diskless], true, 'v2', '2, the smallest is v2'],
    [[diskless], false, undefined, 'all 1 have no root disk'],
    [[], true, undefined, 'the project may use none'],
  ])('%j with boot volumes %s', (flavors, bootVolume, smallest, detail) => {
    const judged = judgeFlavors(flavors, { bootVolume })
    expect(judged.smallest?.name).toBe(smallest)
    expect(judged.check).toMatchObject({ ok: smallest !== undefined, detail: expect.stringContaining(detail) })
  })

  test('that are excluded do not count', () => {
    const rules = { bootVolume: true, excluded: ['v2'] }
    expect(judgeFlavors([flavor, diskless], rules)).toMatchObject({
      smallest: { name: 'c2' },
      check: { ok: true, detail: '1, the smallest is c2; 1 excluded' },
    })
    expect(judgeFlavors([diskless], rules).check).toMatchObject({ ok: false, detail: 'all 1 are excluded' })
  })

  test('that are excluded and not there are named', () => {
    expect(judgeFlavors([flavor], { excluded: ['c22'] })).toMatchObject({
      smallest: { name: 'c2' },
      check: { ok: 'warn', detail: '1, the smallest is c2; there is no c22 to exclude' },
    })
  })
})

describe('quota', () => {
  const quotas = {
    instances: { limit: 10, used: 4 },
    cores: { limit: 40, used: 8 },
    ramMb: { limit: -1, used: 16_000 },
  }
  const judged = (more: Partial<RoomFacts> = {}) => judgeRoom({ seen: { quotas, reserved: {}, flavor, ...more } })

  test('is what is left in VMs of the flavor, with every figure', () => {
    expect(judged()).toMatchObject({
      ok: true,
      detail: 'room for 6 more VMs of c2; used: 4 servers of 10, 8 cores of 40, 16000 MB of RAM without limit',
    })
  })

  test('leaves out what is reserved for others', () => {
    expect(judged({ reserved: { cores: 24 } }).detail).toMatch(/^room for 4 more .* 8 cores of 40 \(24 reserved\)/)
  })

  test('without any limit is said to be so', () => {
    const endless = { instances: { limit: -1, used: 4 }, cores: { limit: -1, used: 0 }, ramMb: { limit: -1, used: 0 } }
    expect(judged({ quotas: endless }).detail).toContain('room for any number of VMs of c2')
  })

  test('of ports, volumes and gigabytes counts as well', () => {
    expect(judged({ quotas: { ...quotas, ports: { limit: 7, used: 5 } } }).detail).toContain('room for 2 more')
    const volumes = { ...quotas, volumes: { limit: 100, used: 0 }, volumeGb: { limit: 100, used: 10 } }
    expect(judged({ quotas: volumes, volumeGb: 30 }).detail).toContain(
      'room for 3 more VMs of c2 with a volume of 30 GB',
    )
  })

  test.each([
    ['that is used up', { ...quotas, cores: { limit: 40, used: 39 } }, {}, 'warn'],
    ['of 0', { ...quotas, instances: { limit: 0, used: 0 } }, {}, false],
    ['too small for one VM', { ...quotas, cores: { limit: 1, used: 0 } }, {}, false],
    ['that is all reserved', quotas, { instances: 10 }, false],
    ['that is exceeded', { ...quotas, cores: { limit: 40, used: 60 } }, {}, 'warn'],
  ] as const)('%s', (_which, some, reserved, ok) => {
    expect(judged({ quotas: some, reserved })).toMatchObject({ ok, detail: expect.stringMatching(/^room for 0 more/) })
  })

  test('that is not told is a failure with its reason', () => {
    expect(judgeRoom({ code: 'Forbidden', why: 'compute: 403' })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('compute: 403'),
    })
  })
})

const image = (id: string, more: Partial<Image & { diskFormat: string }> = {}) => ({
  id,
  name: `image-${id}`,
  status: 'active',
  visibility: 'public' as const,
  owner: 'p1',
  bytes: 1000,
  minDiskGb: 0,
  minRamMb: 0,
  createdAt: '',
  diskFormat: 'qcow2',
  ...more,
})

test('images: pending shares are counted and named, and no fault', () => {
  const pending = ['b', 'c', 'd', 'e'].map((id) => image(id))
  expect(judgeImages({ open: [image('a')], accepted: [], pending })).toMatchObject({
    ok: true,
    detail: expect.stringContaining('4 pending: image-b, image-c, image-d …'),
  })
  expect(judgeImages({ open: [], accepted: [], pending: [] }).detail).toContain('none pending')
  expect(judgeImages({ open: [], accepted: [], pending, hidden: 'image: 403' })).toMatchObject({
    ok: false,
    detail: expect.stringContaining('image: 403'),
  })
})

test('the image that boots soonest is active, has data, is a disk, and is small', () => {
  const images = [
    image('large', { bytes: 9e9 }),
    image('needy', { minDiskGb: 20 }),
    image('small', { bytes: 500 }),
    image('empty', { bytes: 0 }),
    image('cd', { bytes: 1, diskFormat: 'iso' }),
    image('off', { bytes: 1, status: 'deactivated' }),
    image('of-volume', { bytes: 1, blockDeviceMapping: '[]' }),
  ]
  expect(smallestImage(images)?.id).toBe('small')
  expect(smallestImage(images.slice(3))).toBeUndefined()
})

describe('user-data', () => {
  const gzip = (kept: number) => (bytes: Uint8Array) => new Uint8Array([0x1f, 0x8b, ...bytes.slice(2, kept)])
  const judged = (length: number, kept: number) => judgeUserData(() => encodeUserData('x'.repeat(length), gzip(kept)))

  test('is counted in base64, and said to be compressed if it must be', () => {
    expect(judged(300, 0)).toMatchObject({ length: 400, check: { ok: true, detail: '400 of 65535 bytes' } })
    expect(judged(60_000, 30_000)).toMatchObject({
      length: 40_000,
      check: { detail: '40000 of 65535 bytes, compressed' },
    })
  })

  test('that is too large says what to shorten', () => {
    expect(judged(60_000, 50_000).check).toMatchObject({
      ok: false,
      detail: expect.stringContaining('66668 bytes'),
      next: expect.stringContaining('Shorten'),
    })
  })
})
