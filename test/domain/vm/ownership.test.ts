import { describe, expect, it } from 'vitest'
import { controlPlaneKey, doubt, tenantKey, type ServerTraits, type VmProof } from '#domain/vm/ownership.ts'

const proof: VmProof = {
  vm: 'canfar-east-0123456789abcdef',
  controlPlane: 'here',
  order: { batchProject: 'p1', tenant: 'ada', image: { id: 'i1' }, flavor: { id: 'f1', name: 'c2' } },
}
const server: ServerTraits = {
  id: 's1',
  name: proof.vm,
  projectId: 'p1',
  metadata: { [controlPlaneKey]: 'here', [tenantKey]: 'ada', more: 'x' },
  imageId: 'i1',
  flavor: { id: null, name: 'c2' },
}

describe('a server is provably a VM of ours', () => {
  it('if it is all that the record says', () => {
    expect(doubt(server, proof)).toBeUndefined()
    expect(doubt({ ...server, flavor: { id: 'f1', name: null } }, proof)).toBeUndefined()
  })

  it('if the cloud gave us its id, whatever became of its name and metadata', () => {
    expect(doubt({ ...server, name: 'mine', metadata: {} }, { ...proof, serverId: 's1' })).toBeUndefined()
  })

  it('if it runs from a volume as was asked, of which Nova names no image', () => {
    const fromVolume = { ...proof, order: { ...proof.order, bootVolume: { sizeGb: 8 } } }
    expect(doubt({ ...server, imageId: null }, fromVolume)).toBeUndefined()
    expect(doubt(server, fromVolume)).toBe('it does not run from a volume')
  })

  it.each<[string, Partial<ServerTraits>, Partial<VmProof>]>([
    ['the id that we were given is another', {}, { serverId: 's2' }],
    ['the project is another, though the id is right', { projectId: 'p2' }, { serverId: 's1' }],
    ['the name only begins like ours', { name: `${proof.vm}0` }, {}],
    ['the metadata are of another control plane', { metadata: { [controlPlaneKey]: 'there', [tenantKey]: 'ada' } }, {}],
    ['there are no metadata', { metadata: {} }, {}],
    ['it serves another tenant', { metadata: { [controlPlaneKey]: 'here', [tenantKey]: 'bob' } }, {}],
    ['the image is another', { imageId: 'i2' }, {}],
    ['the flavor is another by name', { flavor: { id: null, name: 'c4' } }, {}],
    ['the flavor is another by id', { flavor: { id: 'f2', name: 'c2' } }, {}],
  ])('not if %s', (_, traits, more) => {
    expect(doubt({ ...server, ...traits }, { ...proof, ...more })).toEqual(expect.any(String))
  })
})
