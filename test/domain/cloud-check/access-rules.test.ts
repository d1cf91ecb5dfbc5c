import { expect, test } from 'vitest'
import { judgeAccessRules, neededAccessRules } from '#domain/cloud-check/access-rules.ts'

const services = (withVolumes: boolean) => [
  { service: 'compute' as const, base: '/compute/v2.1', refuses: false },
  { service: 'image' as const, base: '/v2', refuses: false },
  { service: 'network' as const, base: '/network/v2.0', refuses: false },
  ...(withVolumes ? [{ service: 'block-storage' as const, base: '/v3/a1b2', refuses: false }] : []),
]

test.each([
  [false, [], []],
  [true, [], ['block-storage']],
  [true, ['compute', 'block-storage'], ['block-storage']],
  [true, ['volumev2', 'volumev3', 'identity'], ['volumev2', 'volumev3']],
  [false, ['volumev3'], []],
])(
  'the needed rules (volumes: %s, catalog: %j) are enough, and are for the services as the catalog has them',
  (withVolumes, listed, types) => {
    const rules = neededAccessRules(withVolumes, listed)
    expect(judgeAccessRules(rules, services(withVolumes))).toMatchObject({ ok: true })
    const others = new Set(rules.map(({ service }) => service))
    for (const known of ['compute', 'image', 'network', 'identity']) others.delete(known)
    expect([...others].toSorted()).toEqual(types)
    // none of them is more than Keystone keeps of a path
    expect(rules.every(({ path }) => path.length <= 128)).toBe(true)
  },
)
