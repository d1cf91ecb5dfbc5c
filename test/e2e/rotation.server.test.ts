import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collect, loadCloudConfig, OpenStack } from 'openstack-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Rotation, RotationStatus } from '#api/types.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { BATCH_PROJECT } from '#testbed/site/words.ts'

const password = 'the-password-of-the-batch-user'

const seed = (usual: SeedInput): SeedInput => ({
  ...usual,
  users: (usual.users ?? []).map((user) => (user.roles?.[BATCH_PROJECT] === undefined ? user : { ...user, password })),
})

let site: Site
let cloudsFile: string

beforeAll(async () => {
  site = await startSite({
    guests: 'process',
    fast: true,
    keepalive: '3s',
    clouds: [{ name: 'arbutus', seed, rotation: { grace: '3s' } }],
  })
  cloudsFile = join(site.instance.folder, 'site', 'clouds.yaml')
})
afterAll(() => site?.stop())

const entry = () => loadCloudConfig({ cloud: 'arbutus', env: {}, cwd: '/', files: { clouds: cloudsFile } })

test('a person rotates it', async () => {
  const { authUrl } = entry()
  const env = {
    OS_AUTH_URL: authUrl,
    OS_USERNAME: 'canfar-batch',
    OS_PASSWORD: password,
    OS_PROJECT_NAME: BATCH_PROJECT,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
  }
  const { exitCode, stdout, stderr } = await site.cli(['cloud', 'rotate', 'arbutus', '--wait', '-o', 'json'], {
    as: 'operator',
    env,
  })
  expect(exitCode, stderr).toBe(0)
  console.log(stdout, stderr)
  console.log((await site.cli(['cloud', 'show', 'arbutus'])).stdout)
})
