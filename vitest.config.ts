import { defineConfig } from 'vitest/config'

const OPENSTACK = ['test/testbed/openstack/**/*.server.test.ts', 'test/contract/cloud/openstack.server.test.ts']

// unit: no servers, in parallel. server: real Temporal, HTCondor, guests; one file at a time, because they share two cores.
// openstack: on a real OpenStack, which takes minutes and memory from whatever runs beside it.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: ['**/*.server.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'server',
          include: ['test/**/*.server.test.ts', 'packages/*/test/**/*.server.test.ts'],
          exclude: [...OPENSTACK, '**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'openstack',
          include: OPENSTACK,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
