import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markName, markOf, propertiesOfCopy } from '#domain/replication/properties.ts'

const mark = markOf({ algorithm: 'sha512', value: 'ab' })

test.each([
  ['os_distro', true],
  ['hw_disk_bus', true],
  ['os_hidden_features', true],
  ['owner_specified.openstack.md5', true],
  ['mine', true],
  ['os_hash_algo', false],
  ['os_hash_value', false],
  ['os_hidden', false],
  ['os_glance_import_task', false],
  ['stores', false],
  ['base_image_ref', false],
  ['image_location', false],
  ['image_type', false],
  ['instance_uuid', false],
  ['user_id', false],
  ['owner_id', false],
  ['block_device_mapping', false],
  ['img_signature_certificate_uuid', false],
  ['cinder_encryption_key_id', false],
])('%s is kept: %s', (name, kept) => {
  expect(name in propertiesOfCopy({ [name]: 'x' }, mark)).toBe(kept)
})

test('what is kept is unchanged, and a copy of a copy has the same properties', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (properties) => {
      const once = propertiesOfCopy(properties, mark)
      expect(once[markName]).toBe(mark)
      for (const [name, value] of Object.entries(once)) if (name !== markName) expect(properties[name]).toBe(value)
      expect(propertiesOfCopy(once, mark)).toEqual(once)
    }),
  )
})
