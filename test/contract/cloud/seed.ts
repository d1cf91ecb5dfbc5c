import type { SeedInput } from '#testbed/cloud/config.ts'

/** What both worlds hold before the first request. */
export const seed = {
  projects: [
    { name: 'admin' },
    { name: 'alpha' },
    { name: 'beta' },
    { name: 'narrow' },
    { name: 'forked' },
    { name: 'counted' },
  ],
  users: [
    { name: 'operator', password: 'operator-pw', roles: { admin: ['admin'] } },
    { name: 'ann', password: 'ann-pw', roles: { alpha: ['member'] } },
    { name: 'eve', password: 'eve-pw', roles: { alpha: ['reader'] } },
    { name: 'bob', password: 'bob-pw', roles: { beta: ['member'] } },
    { name: 'nil', password: 'nil-pw', roles: { narrow: ['member'] } },
    { name: 'fay', password: 'fay-pw', roles: { forked: ['member'] } },
    { name: 'cal', password: 'cal-pw', roles: { counted: ['member'] } },
  ],
  images: [{ name: 'base', owner: 'alpha', visibility: 'public', size: 4096, minDisk: 5, minRam: 512 }],
  flavors: [
    { id: 'small', name: 'c1-1gb-5', vcpus: 1, ramMb: 1024, diskGb: 10, ephemeralGb: 5 },
    { id: 'weak', name: 'weak', vcpus: 1, ramMb: 64, diskGb: 10 },
    { id: 'shallow', name: 'shallow', vcpus: 1, ramMb: 1024, diskGb: 1 },
    { id: 'diskless', name: 'v1-1gb', vcpus: 1, ramMb: 1024, diskGb: 0 },
    { id: 'huge', name: 'huge', vcpus: 100_000, ramMb: 1024, diskGb: 10 },
    { id: 'betas', name: 'gpu', vcpus: 1, ramMb: 1024, diskGb: 10, onlyFor: ['beta'] },
  ],
  networks: [
    { name: 'private', cidr: '10.7.0.0/16', pool: ['10.7.0.10', '10.7.250.250'] },
    { name: 'outside', cidr: '172.24.4.0/24', external: true, shared: false },
    { name: 'left', cidr: '10.8.0.0/24', owner: 'forked', shared: false },
    { name: 'cramped', cidr: '10.10.0.0/24', pool: ['10.10.0.10', '10.10.0.10'], owner: 'forked', shared: false },
    { name: 'right', cidr: '10.9.0.0/24', owner: 'forked', shared: false },
  ],
  quotas: {
    alpha: { compute: { instances: -1, cores: -1, ram: -1 }, network: { port: -1 } },
    beta: { compute: { instances: -1, cores: -1, ram: -1 }, network: { port: -1 } },
    counted: { compute: { instances: 5, cores: -1, ram: 51_200 } },
    narrow: { compute: { instances: 1, cores: 20, ram: 2048 }, network: { port: 0 } },
  },
} satisfies SeedInput
