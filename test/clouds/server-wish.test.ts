import { expect, test } from 'vitest'
import { serverWish } from '#clouds/server-wish.ts'

const wish = { name: 'vm', image: { id: 'i' }, flavor: { id: 'f' }, userData: 'x', metadata: { a: 'b' } }
const bare = { name: 'vm', imageId: 'i', flavorId: 'f', networks: 'auto', userData: 'x', metadata: { a: 'b' } }

test('a site that says nothing of its servers', () => {
  expect(serverWish(undefined, wish)).toEqual(bare)
  expect(serverWish({ securityGroups: [], configDrive: false }, wish)).toEqual(bare)
})

test('all that a site can say of them', () => {
  const policy = {
    securityGroups: ['condor'],
    keyName: 'ops',
    availabilityZone: 'nova',
    serverGroup: 'g',
    configDrive: true,
  }
  expect(serverWish(policy, { ...wish, networkId: 'n' })).toEqual({
    ...bare,
    networks: [{ networkId: 'n' }],
    securityGroups: ['condor'],
    keyName: 'ops',
    availabilityZone: 'nova',
    schedulerHints: { group: 'g' },
    configDrive: true,
  })
})

test('a volume to boot from is made of the image, and goes with the server', () => {
  const { imageId: _image, ...rest } = bare
  expect(serverWish(undefined, { ...wish, bootVolume: { sizeGb: 40, type: 'ssd' } })).toMatchObject({
    ...rest,
    blockDevices: [
      { bootIndex: 0, sourceType: 'image', sourceId: 'i', sizeGb: 40, volumeType: 'ssd', deleteOnTermination: true },
    ],
  })
})
