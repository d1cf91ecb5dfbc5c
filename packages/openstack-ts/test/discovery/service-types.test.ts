import { expect, test } from 'vitest'
import { namesOfService, ofService } from '../../src/discovery/service-types.ts'

// Every alias that the service types authority lists (https://service-types.openstack.org/service-types.json).
test.each([
  ['admin-logic', ['registration']],
  ['alarm', ['alarming']],
  ['application-container', ['container']],
  ['application-deployment', ['application_deployment']],
  ['baremetal', ['bare-metal']],
  ['block-storage', ['volumev3', 'volumev2', 'volume', 'block-store']],
  ['clustering', ['resource-cluster', 'cluster']],
  ['container-infrastructure-management', ['container-infrastructure', 'container-infra']],
  ['event', ['events']],
  ['instance-ha', ['ha']],
  ['message', ['messaging']],
  ['meter', ['metering', 'telemetry']],
  ['monitoring-logging', ['monitoring-log-api']],
  ['multi-region-network-automation', ['tricircle']],
  ['operator-policy', ['policy']],
  ['resource-optimization', ['infra-optim']],
  ['root-cause-analysis', ['rca']],
  ['shared-file-system', ['sharev2', 'share']],
  ['workflow', ['workflowv2']],
  ['compute', []],
  ['identity', []],
  ['image', []],
  ['network', []],
  ['placement', []],
])('%s is also %j, whichever is asked for', (type, aliases) => {
  for (const name of [type, ...aliases]) expect(namesOfService(name)).toEqual([type, ...aliases])
})

test('a value is found under any name, the official one first', () => {
  expect(ofService({ volume: 1, volumev3: 2 }, 'block-storage')).toBe(2)
  expect(ofService({ 'block-storage': 3, volumev3: 2 }, 'volume')).toBe(3)
  expect(ofService({ 'application-deployment': 4 }, 'application_deployment')).toBe(4)
  expect(ofService({ compute: 1 }, 'image')).toBeUndefined()
})
