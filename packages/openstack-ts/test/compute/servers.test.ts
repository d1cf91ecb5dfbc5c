import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const SERVERS = '/compute/v2.1/servers'

/** As Nova 2.79 answers. */
const NOVA = {
  id: 's1',
  name: 'science-arbutus-0123456789abcdef',
  status: 'ACTIVE',
  tenant_id: PROJECT_ID,
  user_id: 'user-ada',
  metadata: { 'canfar-batch/control-plane': 'x' },
  hostId: 'h',
  image: { id: 'i1', links: [] },
  flavor: { vcpus: 2, ram: 7680, disk: 20, ephemeral: 31, swap: 0, original_name: 'c2-7.5gb-31', extra_specs: {} },
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:01:00Z',
  addresses: {
    'science-net': [
      { version: 4, addr: '10.1.0.5', 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01' },
      { version: 4, addr: '206.12.1.2', 'OS-EXT-IPS:type': 'floating', 'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01' },
    ],
  },
  accessIPv4: '',
  links: [],
  'OS-DCF:diskConfig': 'MANUAL',
  progress: 0,
  'OS-EXT-AZ:availability_zone': 'nova',
  config_drive: 'True',
  key_name: null,
  'OS-SRV-USG:launched_at': '2026-01-01T00:00:42.000000',
  'OS-SRV-USG:terminated_at': null,
  'OS-EXT-STS:task_state': null,
  'OS-EXT-STS:vm_state': 'active',
  'OS-EXT-STS:power_state': 1,
  security_groups: [{ name: 'default' }, { name: 'default' }],
  'os-extended-volumes:volumes_attached': [{ id: 'v1', delete_on_termination: true }],
  locked: false,
  description: null,
  tags: ['a'],
}

test('a server as the newest microversions describe it', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${SERVERS}/s1`, { body: { server: NOVA } })
  expect(known(await client.compute.servers.show('s1'))).toEqual({
    id: 's1',
    name: 'science-arbutus-0123456789abcdef',
    status: 'ACTIVE',
    taskState: null,
    vmState: 'active',
    powerState: 1,
    projectId: PROJECT_ID,
    userId: 'user-ada',
    imageId: 'i1',
    flavor: {
      id: null,
      name: 'c2-7.5gb-31',
      vcpus: 2,
      ramMb: 7680,
      diskGb: 20,
      ephemeralGb: 31,
      swapMb: 0,
      extraSpecs: {},
    },
    addresses: [
      { network: 'science-net', address: '10.1.0.5', version: 4, type: 'fixed', mac: 'fa:16:3e:00:00:01' },
      { network: 'science-net', address: '206.12.1.2', version: 4, type: 'floating', mac: 'fa:16:3e:00:00:01' },
    ],
    metadata: { 'canfar-batch/control-plane': 'x' },
    tags: ['a'],
    description: null,
    keyName: null,
    availabilityZone: 'nova',
    host: null,
    securityGroups: ['default'],
    volumes: [{ id: 'v1', deleteOnTermination: true }],
    configDrive: true,
    locked: false,
    fault: null,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:01:00Z',
    launchedAt: '2026-01-01T00:00:42.000000Z',
    terminatedAt: null,
  })
})

test('a server of 2.1 with a fault, and one whose cell is down', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const fault = { code: 500, created: '2026-01-01T00:00:10Z', message: 'No valid host was found. ' }
  const old = { ...NOVA, status: 'ERROR', image: '', flavor: { id: '4', links: [] }, fault, addresses: {} }
  const down = { id: 's2', status: 'UNKNOWN', tenant_id: PROJECT_ID, created: '2026-01-01T00:00:00Z', links: [] }
  cloud.on('GET', `${SERVERS}/detail`, { body: { servers: [old, down] } })
  const servers = await collect(client.compute.servers.list())
  expect(servers[0]).toMatchObject({
    imageId: null,
    flavor: { id: '4', name: null },
    fault: { code: 500, message: 'No valid host was found. ' },
  })
  expect(servers[1]).toMatchObject({
    id: 's2',
    name: null,
    status: 'UNKNOWN',
    flavor: null,
    addresses: [],
    taskState: null,
  })
})

test('create with all that a worker VM needs', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', SERVERS, {
    status: 202,
    body: { server: { id: 's1', links: [], 'OS-DCF:diskConfig': 'MANUAL', adminPass: 'x' } },
  })
  const created = await client.compute.servers.create({
    name: 'vm',
    imageId: 'i1',
    flavorId: 'f1',
    networks: [{ networkId: 'n1', fixedIp: '10.0.0.5' }, { portId: 'p1' }],
    securityGroups: ['batch'],
    keyName: 'k',
    availabilityZone: 'nova',
    userData: '#cloud-config\nhostname: ü\n',
    metadata: { a: 'b' },
    configDrive: true,
    blockDevices: [
      {
        sourceType: 'image',
        destinationType: 'volume',
        sourceId: 'i1',
        bootIndex: 0,
        sizeGb: 20,
        deleteOnTermination: true,
      },
    ],
    tags: ['t'],
    schedulerHints: { group: 'g1' },
  })
  expect(created).toEqual({ id: 's1' })
  expect(cloud.json('POST', SERVERS)).toEqual({
    server: {
      name: 'vm',
      imageRef: 'i1',
      flavorRef: 'f1',
      networks: [{ uuid: 'n1', fixed_ip: '10.0.0.5' }, { port: 'p1' }],
      security_groups: [{ name: 'batch' }],
      key_name: 'k',
      availability_zone: 'nova',
      user_data: Buffer.from('#cloud-config\nhostname: ü\n').toString('base64'),
      metadata: { a: 'b' },
      config_drive: true,
      block_device_mapping_v2: [
        {
          source_type: 'image',
          destination_type: 'volume',
          uuid: 'i1',
          boot_index: 0,
          volume_size: 20,
          delete_on_termination: true,
        },
      ],
      tags: ['t'],
    },
    'os:scheduler_hints': { group: 'g1' },
  })
})

test('at an old microversion tags are left out, and networks too unless named', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.25' }
  await using client = cloud.connect()
  cloud.on('POST', SERVERS, { status: 202, body: { server: { id: 's1' } } })
  await client.compute.servers.create({ name: 'vm', flavorId: 'f1', tags: ['t'] })
  expect(cloud.json('POST', SERVERS)).toEqual({ server: { name: 'vm', flavorRef: 'f1' } })
  const error = await failureOf(client.compute.servers.create({ name: 'vm', flavorId: 'f1', networks: 'none' }))
  expect(error).toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('2.37') })
})

test('from 2.37 on networks are named or automatic', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', SERVERS, { status: 202, body: { server: { id: 's1' } } })
  await client.compute.servers.create({ name: 'vm', flavorId: 'f1' })
  expect(cloud.json('POST', SERVERS)).toEqual({ server: { name: 'vm', flavorRef: 'f1', networks: 'auto' } })
})

test('user data that Nova would refuse are refused here, with their size', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', SERVERS, { status: 202, body: { server: { id: 's1' } } })
  const create = (bytes: number) =>
    client.compute.servers.create({ name: 'vm', flavorId: 'f', userData: 'x'.repeat(bytes) })
  expect(await create(49_149)).toEqual({ id: 's1' })
  expect(await failureOf(create(49_150))).toMatchObject({
    code: 'InvalidRequest',
    message: expect.stringContaining('65536 bytes'),
  })
  expect(cloud.calls('POST', SERVERS)).toHaveLength(1)
})

test('an exact name is found among those that only resemble it', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const names = ['vm.1', 'vm-1', 'VM.1', 'vm.10', 'xvm.1', 'vm.1']
  // As Nova does it: a regular expression that ignores case.
  cloud.on('GET', `${SERVERS}/detail`, (seen) => {
    const filter = new RegExp(seen.query.get('name') ?? '', 'i')
    return {
      body: {
        servers: names
          .map((name, index) => ({ ...NOVA, id: `s${index}`, name }))
          .filter(({ name }) => filter.test(name)),
      },
    }
  })
  const found = await client.compute.servers.findByExactName('vm.1')
  expect(found.map(({ id }) => id)).toEqual(['s0', 's5'])
  expect(cloud.calls('GET', `${SERVERS}/detail`)[0]?.query.get('name')).toBe('^vm\\.1$')
})

test('list filters are Nova’s own', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${SERVERS}/detail`, { body: { servers: [] } })
  await collect(
    client.compute.servers.list(
      { status: 'ACTIVE', tags: ['a', 'b'], allProjects: true, projectId: 'p', imageId: 'i' },
      { pageSize: 100 },
    ),
  )
  const query = cloud.calls('GET', `${SERVERS}/detail`)[0]?.query
  expect(Object.fromEntries(query ?? [])).toEqual({
    status: 'ACTIVE',
    image: 'i',
    tags: 'a,b',
    all_tenants: '1',
    project_id: 'p',
    limit: '100',
  })
})

test('actions are posted by their names', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const at = `${SERVERS}/s1/action`
  cloud.on('POST', at, { status: 202 })
  const { actions } = client.compute
  await actions.stop('s1')
  await actions.start('s1')
  await actions.reboot('s1', 'HARD')
  await actions.forceDelete('s1')
  await actions.restore('s1')
  await actions.lock('s1')
  await actions.unlock('s1')
  await actions.resetState('s1', 'error')
  await actions.run('s1', 'suspend', null)
  await actions.lock('s1', 'in use')
  await actions.unshelve('s1', 'nova')
  await actions.resize('s1', 'f2')
  await actions.confirmResize('s1')
  await actions.revertResize('s1')
  await actions.addSecurityGroup('s1', 'web')
  await actions.removeSecurityGroup('s1', 'web')
  expect(cloud.calls('POST', at).map(({ body }) => body)).toEqual([
    '{"os-stop":null}',
    '{"os-start":null}',
    '{"reboot":{"type":"HARD"}}',
    '{"forceDelete":null}',
    '{"restore":null}',
    '{"lock":null}',
    '{"unlock":null}',
    '{"os-resetState":{"state":"error"}}',
    '{"suspend":null}',
    '{"lock":{"locked_reason":"in use"}}',
    '{"unshelve":{"availability_zone":"nova"}}',
    '{"resize":{"flavorRef":"f2"}}',
    '{"confirmResize":null}',
    '{"revertResize":null}',
    '{"addSecurityGroup":{"name":"web"}}',
    '{"removeSecurityGroup":{"name":"web"}}',
  ])
})

test('what the settled microversion does not know is refused before it is sent', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.60' }
  await using client = cloud.connect()
  const { actions, servers } = client.compute
  const wish = { name: 'vm', flavorId: 'f', imageId: 'i' }
  const calls = [
    actions.lock('s1', 'why'),
    actions.unshelve('s1', 'nova'),
    servers.create({ ...wish, trustedCertificates: ['c'] }),
    servers.create({ ...wish, host: 'h1' }),
    servers.create({ ...wish, hypervisorHostname: 'h1' }),
    servers.create({ ...wish, hostname: 'vm' }),
  ]
  for (const call of calls) expect(await failureOf(call)).toMatchObject({ code: 'MicroversionUnsupported' })
  expect(cloud.calls('POST', SERVERS)).toHaveLength(0)
})

test('a new server may have everything that Nova takes', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.90' }
  await using client = cloud.connect({ computeMicroversion: { wanted: '2.90' } })
  cloud.on('POST', SERVERS, { status: 202, body: { server: { id: 's1' } } })
  await client.compute.servers.create({
    name: 'vm',
    flavorId: 'f',
    adminPassword: 'pw',
    diskConfig: 'AUTO',
    trustedCertificates: ['c1'],
    host: 'h1',
    hypervisorHostname: 'h1.example.org',
    hostname: 'vm',
  })
  expect(cloud.json('POST', SERVERS)).toMatchObject({
    server: {
      adminPass: 'pw',
      'OS-DCF:diskConfig': 'AUTO',
      trusted_image_certificates: ['c1'],
      host: 'h1',
      hypervisor_hostname: 'h1.example.org',
      hostname: 'vm',
    },
  })
})

test.each([
  ['2.44', { status: 202, headers: { location: 'http://h:9292/v2/images/i7' } }],
  ['2.79', { status: 202, body: { image_id: 'i7' } }],
])('a snapshot at %s says which image it makes', async (max, answer) => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max }
  await using client = cloud.connect()
  cloud.on('POST', `${SERVERS}/s1/action`, answer)
  expect(await client.compute.actions.createImage('s1', 'snap')).toEqual({ imageId: 'i7' })
})

test('the end of the console, and metadata', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', `${SERVERS}/s1/action`, { body: { output: 'login:' } })
  cloud.on('POST', `${SERVERS}/s1/metadata`, { body: { metadata: { a: '1', b: '2' } } })
  cloud.on('GET', `${SERVERS}/s1/metadata`, { body: { metadata: { a: '1' } } })
  cloud.on('DELETE', `${SERVERS}/s1/metadata/canfar-batch%2Fcontrol-plane`, { status: 204 })
  expect(await client.compute.consoles.log('s1', 50)).toBe('login:')
  expect(await client.compute.metadata.update('s1', { b: '2' })).toEqual({ a: '1', b: '2' })
  expect(await client.compute.metadata.show('s1')).toEqual({ a: '1' })
  expect(await client.compute.metadata.deleteKey('s1', 'canfar-batch/control-plane')).toBeUndefined()
})
