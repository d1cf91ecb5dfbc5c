import { expect, test } from 'vitest'
import { exchange } from '../exchange.ts'
import { failureOf } from '../failure.ts'
import { known } from '../known.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'

// Answers as in the samples of the API reference.

const PROVIDERS = '/placement/resource_providers'
const NODE = {
  uuid: 'n1',
  name: 'node-1',
  generation: 7,
  parent_provider_uuid: null,
  root_provider_uuid: 'n1',
  links: [{ rel: 'self', href: '/placement/resource_providers/n1' }],
}

test('providers by what they have left, and what each has', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const { resourceProviders: providers } = client.placement
  cloud.on('GET', PROVIDERS, { body: { resource_providers: [NODE] } })
  cloud.on('GET', `${PROVIDERS}/n1`, { body: NODE })
  const vcpu = { total: 64, reserved: 2, min_unit: 1, max_unit: 64, step_size: 1, allocation_ratio: 4 }
  cloud.on('GET', `${PROVIDERS}/n1/inventories`, {
    body: { inventories: { VCPU: vcpu }, resource_provider_generation: 7 },
  })
  cloud.on('GET', `${PROVIDERS}/n1/usages`, { body: { usages: { VCPU: 12 }, resource_provider_generation: 7 } })
  cloud.on('GET', `${PROVIDERS}/n1/aggregates`, { body: { aggregates: ['a1'], resource_provider_generation: 7 } })
  cloud.on('GET', `${PROVIDERS}/n1/traits`, { body: { traits: ['HW_CPU_X86_AVX2'], resource_provider_generation: 7 } })
  const node = { id: 'n1', name: 'node-1', generation: 7, parentId: null, rootId: 'n1' }
  const wish = { resources: { VCPU: 4, MEMORY_MB: 8192 }, required: ['A', '!B'], anyAggregate: ['a1', 'a2'] }
  expect(known(await providers.list(wish))).toEqual([node])
  const [seen] = cloud.calls('GET', PROVIDERS)
  expect(Object.fromEntries(seen?.query ?? [])).toEqual({
    resources: 'VCPU:4,MEMORY_MB:8192',
    required: 'A,!B',
    member_of: 'in:a1,a2',
  })
  expect(seen?.headers['openstack-api-version']).toBe('placement 1.36')
  expect(known(await providers.show('n1'))).toEqual(node)
  expect(known(await providers.inventories('n1'))).toEqual({
    VCPU: { total: 64, reserved: 2, minUnit: 1, maxUnit: 64, stepSize: 1, allocationRatio: 4 },
  })
  expect(await providers.usages('n1')).toEqual({ VCPU: 12 })
  expect(await providers.aggregates('n1')).toEqual(['a1'])
  expect(await providers.traits('n1')).toEqual(['HW_CPU_X86_AVX2'])
})

test('what a consumer holds, and where there is room', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const { allocations, allocationCandidates } = client.placement
  cloud.on('GET', '/placement/allocations/s1', {
    body: { allocations: { n1: { generation: 7, resources: { VCPU: 4 } } }, project_id: 'p', user_id: 'u' },
  })
  cloud.on('GET', '/placement/allocations/none', { body: { allocations: {} } })
  cloud.on('GET', '/placement/allocation_candidates', {
    body: {
      allocation_requests: [{ allocations: { n1: { resources: { VCPU: 1 } } }, mappings: { '': ['n1'] } }],
      provider_summaries: { n1: { traits: [], resources: { VCPU: { capacity: 248, used: 12 } } } },
    },
  })
  expect(known(await allocations.show('s1'))).toEqual({ byProvider: { n1: { VCPU: 4 } }, projectId: 'p', userId: 'u' })
  expect((await allocations.show('none')).byProvider).toEqual({})
  expect(await allocationCandidates.list({ resources: { VCPU: 1 }, limit: 5 })).toEqual({
    candidates: [{ n1: { VCPU: 1 } }],
    providers: { n1: { VCPU: { capacity: 248, used: 12 } } },
  })
  expect(cloud.calls('GET', '/placement/allocation_candidates')[0]?.query.toString()).toBe('resources=VCPU%3A1&limit=5')
})

test('the newest microversion that both know is used, and one too old is refused; so is who may not look', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.placementMicroversions = { min: '1.0', max: '1.30' }
  await using client = cloud.connect()
  expect(await client.placement.microversion()).toBe('1.30')
  const detail = 'Access was denied to this resource: placement:resource_providers:list'
  cloud.on('GET', PROVIDERS, { status: 403, body: { errors: [{ status: 403, title: 'Forbidden', detail }] } })
  expect(await failureOf(client.placement.resourceProviders.list())).toMatchObject({ code: 'Forbidden', fault: detail })
  cloud.placementMicroversions = { min: '1.0', max: '1.16' }
  await using old = cloud.connect()
  expect(await failureOf(old.placement.resourceProviders.list())).toMatchObject({ code: 'MicroversionUnsupported' })
})

test('what resources and hosts can be called, and what a project holds', async () => {
  const classes = {
    resource_classes: [
      { name: 'VCPU', links: [] },
      { name: 'CUSTOM_FPGA', links: [] },
    ],
  }
  const listed = await exchange('GET /placement/resource_classes', { body: classes }, ({ placement }) =>
    placement.resourceClasses.list(),
  )
  expect(listed.result).toEqual(['VCPU', 'CUSTOM_FPGA'])
  const traits = await exchange('GET /placement/traits', { body: { traits: ['HW_CPU_X86_AVX2'] } }, ({ placement }) =>
    placement.traits.list({ prefix: 'HW_CPU', associated: true }),
  )
  expect([traits.result, traits.query]).toEqual([['HW_CPU_X86_AVX2'], 'name=startswith%3AHW_CPU&associated=true'])
  const usages = await exchange('GET /placement/usages', { body: { usages: { VCPU: 4 } } }, ({ placement }) =>
    placement.usages.show('p1', 'u1'),
  )
  expect([usages.result, usages.query]).toEqual([{ VCPU: 4 }, 'project_id=p1&user_id=u1'])
})
