// Replies as the API reference shows them: https://docs.openstack.org/api-ref/image/v2/

export const GLANCE = {
  id: 'i1',
  name: 'catalogue-software-2023-08-21',
  status: 'active',
  visibility: 'private',
  owner: 'p1',
  size: 1234,
  virtual_size: null,
  min_disk: 20,
  min_ram: 1024,
  disk_format: 'qcow2',
  container_format: 'bare',
  checksum: 'abc',
  os_hash_algo: 'sha512',
  os_hash_value: 'def',
  os_hidden: false,
  protected: false,
  tags: [],
  created_at: '2023-08-21T10:00:00Z',
  updated_at: '2023-08-21T11:00:00Z',
  image_type: 'snapshot',
  os_distro: 'debian',
  locations: [],
  self: '/v2/images/i1',
  file: '/v2/images/i1/file',
  schema: '/v2/schemas/image',
}

export const TASK = {
  created_at: '2020-05-14T13:33:37.000000',
  expires_at: '2020-05-16T13:33:37.000000',
  id: 'ee22890e-8948-4ea6-9668-831f973c84f5',
  image_id: 'i1',
  input: { image_id: 'i1', import_req: { method: { name: 'web-download', uri: 'https://example.org/x.qcow2' } } },
  message: 'Copied 15 MiB',
  owner: 'f7a6ecc5ea5f4a2a9b0f2c4b0e5e0a4e',
  request_id: 'rrrrrrr-rrrr-rrrr-rrrr-rrrrrrrrrrrr',
  result: {},
  status: 'processing',
  type: 'api_image_import',
  updated_at: '2020-05-14T13:33:37.000000',
  user_id: 'u',
}

export const STORES = {
  stores: [
    { id: 'reliable', description: 'Reliable filesystem store' },
    { id: 'fast', description: 'Fast access to rbd store', default: 'true' },
    { id: 'http', 'read-only': 'true' },
  ],
}
