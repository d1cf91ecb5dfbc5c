import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { exchange, routes } from '../exchange.ts'
import { failureOf } from '../failure.ts'
import { known } from '../known.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

// Answers as in the samples of the API reference: https://docs.openstack.org/api-ref/compute/

const NOVA = '/compute/v2.1'
const USAGE = `${NOVA}/os-simple-tenant-usage`

const server = (name: string) => ({
  ended_at: null,
  flavor: 'm1.tiny',
  hours: 1,
  instance_id: `id-of-${name}`,
  local_gb: 1,
  memory_mb: 512,
  name,
  started_at: '2012-10-08T20:10:44.541277',
  state: 'active',
  tenant_id: PROJECT_ID,
  uptime: 3600,
  vcpus: 1,
})

const usage = (projectId: string, ...names: string[]) => ({
  tenant_id: projectId,
  total_hours: names.length,
  total_vcpus_usage: names.length,
  total_memory_mb_usage: 512 * names.length,
  total_local_gb_usage: names.length,
  start: '2012-10-08T20:10:44.587336',
  stop: '2012-10-08T21:10:44.587336',
  server_usages: names.map(server),
})

test('what the own project used, over all pages', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const at = `${USAGE}/${PROJECT_ID}`
  const next = [{ rel: 'next', href: `http://inside.example${at}?marker=id-of-b` }]
  cloud.on('GET', at, [
    { body: { tenant_usage: usage(PROJECT_ID, 'a', 'b'), tenant_usage_links: next } },
    { body: { tenant_usage: usage(PROJECT_ID, 'c') } },
  ])
  const span = { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2026-02-01T00:00:00Z') }
  const used = await client.compute.usage.show(span)
  expect(used).toMatchObject({ projectId: PROJECT_ID, serverHours: 3, vcpuHours: 3, ramMbHours: 1536, diskGbHours: 3 })
  expect(used.servers.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(known(used.servers[0])).toEqual({
    serverId: 'id-of-a',
    name: 'a',
    flavor: 'm1.tiny',
    state: 'active',
    vcpus: 1,
    ramMb: 512,
    diskGb: 1,
    hours: 1,
    startedAt: '2012-10-08T20:10:44.541277Z',
    endedAt: null,
  })
  expect(cloud.calls('GET', at).map(({ query }) => Object.fromEntries(query))).toEqual([
    { start: '2026-01-01T00:00:00.000', end: '2026-02-01T00:00:00.000' },
    { marker: 'id-of-b' },
  ])
})

test('a project that used nothing', async () => {
  const { result } = await exchange(`GET ${USAGE}/p2`, { body: { tenant_usage: {} } }, (client) =>
    client.compute.usage.show({ start: new Date(0) }, 'p2'),
  )
  expect(result).toEqual({ projectId: 'p2', serverHours: 0, vcpuHours: 0, ramMbHours: 0, diskGbHours: 0, servers: [] })
})

test('what every project used: one that is on two pages is told once', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const next = [{ rel: 'next', href: `${USAGE}?marker=x` }]
  cloud.on('GET', USAGE, [
    { body: { tenant_usages: [usage('p1', 'a'), usage('p2', 'b')], tenant_usages_links: next } },
    { body: { tenant_usages: [usage('p2', 'c')] } },
  ])
  const all = await client.compute.usage.list({ start: new Date(0) }, { pageSize: 2 })
  expect(all.map(({ projectId, serverHours }) => [projectId, serverHours])).toEqual([
    ['p1', 1],
    ['p2', 2],
  ])
  expect(cloud.calls('GET', USAGE)[0]?.query.toString()).toBe('start=1970-01-01T00%3A00%3A00.000&detailed=1&limit=2')
})

test('a usage that is none is no usage of nothing', async () => {
  const call = exchange(`GET ${USAGE}/p2`, { body: { tenant_usage: { tenant_id: 'p2' } } }, (client) =>
    client.compute.usage.show({ start: new Date(0) }, 'p2'),
  )
  expect(await failureOf(call)).toMatchObject({ code: 'BadReply' })
})

test('quotas: limits, defaults, set and reset', async () => {
  const set = { quota_set: { id: 'p2', instances: 10, cores: -1, ram: 51_200, injected_file_content_bytes: 10_240 } }
  const limits = { instances: 10, cores: null, ram: 51_200, injected_file_content_bytes: 10_240 }
  const at = `${NOVA}/os-quota-sets/p2`
  const own = `${NOVA}/os-quota-sets/${PROJECT_ID}`
  expect((await exchange(`GET ${at}`, { body: set }, ({ compute }) => compute.quotas.limits('p2'))).result).toEqual(
    limits,
  )
  expect((await exchange(`GET ${own}`, { body: set }, ({ compute }) => compute.quotas.limits())).result).toEqual(limits)
  const defaults = await exchange(`GET ${own}/defaults`, { body: set }, ({ compute }) => compute.quotas.defaults())
  expect(defaults.result).toEqual(limits)
  const { sent } = await exchange(`PUT ${at}`, { body: set }, ({ compute }) =>
    compute.quotas.update('p2', { instances: 10, cores: null }, { force: true }),
  )
  expect(sent).toEqual({ quota_set: { instances: 10, cores: -1, force: true } })
  expect(await routes(({ compute }) => compute.quotas.reset('p2'))).toEqual([`DELETE ${at}`])
})

test('diagnostics, by the names of all hypervisors', async () => {
  const body = {
    config_drive: true,
    cpu_details: [{ id: 0, time: 17_300_000_000, utilisation: 15 }],
    disk_details: [
      { errors_count: 0, read_bytes: 262_144, read_requests: 112, write_bytes: 5_778_432, write_requests: 488 },
    ],
    driver: 'libvirt',
    hypervisor: 'kvm',
    hypervisor_os: 'ubuntu',
    memory_details: { maximum: 524_288, used: 0 },
    nic_details: [{ mac_address: '01:23:45:67:89:ab', rx_octets: 2_070_139, tx_octets: 140_208, rx_drop: 200 }],
    num_cpus: 1,
    state: 'running',
    uptime: 46_664,
  }
  const at = `GET ${NOVA}/servers/s1/diagnostics`
  const { result } = await exchange(at, { body }, ({ compute }) => compute.diagnostics.show('s1'))
  expect(known(result)).toEqual({
    state: 'running',
    driver: 'libvirt',
    hypervisor: 'kvm',
    uptimeSeconds: 46_664,
    configDrive: true,
    memory: { maximumMb: 524_288, usedMb: 0 },
    cpus: [{ id: 0, timeNs: 17_300_000_000, utilisationPercent: 15 }],
    nics: [{ mac: '01:23:45:67:89:ab', receivedBytes: 2_070_139, sentBytes: 140_208 }],
    disks: [{ readBytes: 262_144, writtenBytes: 5_778_432, errors: 0 }],
  })
  const old = { cpu0_time: 17_300_000_000, memory: 524_288, vda_read: 262_144 }
  const before = await exchange(at, { body: old }, ({ compute }) => compute.diagnostics.show('s1'))
  expect(before.result).toMatchObject({ state: null, memory: null, cpus: [], extra: old })
})

test('server groups: made as the microversion has them, listed until nothing comes any more', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const at = `${NOVA}/os-server-groups`
  const recent = {
    id: 'g1',
    name: 'apart',
    policy: 'anti-affinity',
    rules: { max_server_per_host: 3 },
    members: ['s1'],
  }
  const {
    policy: _,
    rules: __,
    ...old
  } = { ...recent, id: 'g2', policies: ['affinity'], metadata: {}, project_id: 'p' }
  cloud.on('POST', at, { body: { server_group: recent } })
  cloud.on('GET', `${at}/g1`, { body: { server_group: recent } })
  cloud.on('DELETE', `${at}/g1`, { status: 204 })
  cloud.on('GET', at, [
    { body: { server_groups: [recent] } },
    { body: { server_groups: [old] } },
    { body: { server_groups: [] } },
  ])
  const { serverGroups } = client.compute
  const made = await serverGroups.create({ name: 'apart', policy: 'anti-affinity', maxServersPerHost: 3 })
  expect(cloud.json('POST', at)).toEqual({
    server_group: { name: 'apart', policy: 'anti-affinity', rules: { max_server_per_host: 3 } },
  })
  expect(await serverGroups.show('g1')).toEqual(made)
  const groups = await collect(serverGroups.list({ allProjects: true }, { pageSize: 1 }))
  expect(
    groups.map(({ id, policy, maxServersPerHost, projectId }) => [id, policy, maxServersPerHost, projectId]),
  ).toEqual([
    ['g1', 'anti-affinity', 3, null],
    ['g2', 'affinity', null, 'p'],
  ])
  expect(cloud.calls('GET', at).map(({ query }) => query.toString())).toEqual([
    'all_projects=true&limit=1',
    'all_projects=true&limit=1&offset=1',
    'all_projects=true&limit=1&offset=2',
  ])
  await serverGroups.delete('g1')
})

test('server groups of an old cloud', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.14' }
  await using client = cloud.connect()
  const at = `${NOVA}/os-server-groups`
  cloud.on('POST', at, { body: { server_group: { id: 'g', name: 'near', policies: ['affinity'], members: [] } } })
  const { serverGroups } = client.compute
  await serverGroups.create({ name: 'near', policy: 'affinity' })
  expect(cloud.json('POST', at)).toEqual({ server_group: { name: 'near', policies: ['affinity'] } })
  for (const wish of [{ policy: 'soft-affinity' }, { policy: 'anti-affinity', maxServersPerHost: 2 }] as const) {
    const failure = await failureOf(serverGroups.create({ name: 'far', ...wish }))
    expect(failure).toMatchObject({ code: 'MicroversionUnsupported' })
  }
  expect(cloud.calls('POST', at)).toHaveLength(1)
})
