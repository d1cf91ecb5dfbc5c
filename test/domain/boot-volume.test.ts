import { expect, test } from 'vitest'
import { bootVolumeGb } from '#domain/boot-volume.ts'

const gib = 1024 ** 3
const image = { bytes: 2 * gib, minDiskGb: 0, minRamMb: 0 }

test.each([
  ['what the site wants at least', image, { sizeGb: 40 }, 40],
  ['the image’s least disk', { ...image, minDiskGb: 10 }, { sizeGb: 4 }, 10],
  ['the image as a guest sees it, rounded up', { ...image, virtualBytes: 20 * gib + 1 }, { sizeGb: 4 }, 21],
  ['its data, where nobody has looked into it', { ...image, bytes: 5 * gib + 1 }, {}, 6],
  ['one GB at least', { ...image, bytes: 0 }, {}, 1],
])('a volume to boot from is as large as %s', (_what, needs, policy, gb) => {
  expect(bootVolumeGb(needs, policy)).toBe(gb)
})
