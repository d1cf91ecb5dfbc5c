import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApi } from '#api/open.ts'
import type { Api, Check, Principal, TrialBoot } from '#api/types.ts'
import type { CloudConfigInput, SeedInput } from '#testbed/cloud/config.ts'
import { siteSeed } from '#testbed/cloud/seed.ts'
import { startCloud, type RunningCloud } from '#testbed/cloud/start.ts'

/** What is wrong with a cloud, with its entry in clouds.yaml, or with what the configuration says of it. */
export interface Defect {
  cloud?: Partial<CloudConfigInput>
  seed?: (seed: SeedInput) => void
  /** Of the application credential, as the seed has it. */
  credential?: object
  /** Keys of the entry in clouds.yaml. */
  entry?: object
  /** Instead of the whole file. */
  cloudsFile?: string
  /** Keys of the cloud in the configuration. */
  policy?: object
  /** Keys of the configuration. */
  config?: object
  principal?: Partial<Principal>
}

export interface CheckedCloud {
  cloud: RunningCloud
  /** Of the site's configuration and clouds.yaml. */
  folder: string
  api: Api
  check(boot?: TrialBoot, signal?: AbortSignal): AsyncIterable<Check>
  /** All checks, by name. */
  checks(boot?: TrialBoot): Promise<Map<string, Check>>
  stop(): Promise<void>
}

const quick = { buildMs: 50, deleteMs: 50, volumeMs: 50, actionMs: 20 }

/** A cloud of a site that is fit for worker VMs but for the defect, and the api of an operator there; Temporal is not there. */
async function checkedCloud(defect: Defect = {}): Promise<CheckedCloud> {
  const seed = siteSeed({
    network: { cidr: '10.9.0.0/24' },
    admin: { name: 'admin', password: 'admin' },
    batch: { project: 'canfar-batch', user: 'batch', password: 'batch' },
    users: [{ name: 'alice', password: 'alice', project: 'cosmology' }],
    images: [{ name: 'open', owner: 'cosmology', visibility: 'public' }],
  })
  const batch = seed.users?.find(({ name }) => name === 'batch')
  if (batch === undefined) throw new Error('the seed has no batch user')
  batch.applicationCredentials = [
    { id: 'site-id', name: 'site', secret: 'site-secret', project: 'canfar-batch', ...defect.credential },
  ]
  defect.seed?.(seed)
  const cloud = await startCloud({ name: 'arbutus', adminToken: 'admin-token', timings: quick, seed, ...defect.cloud })
  const folder = mkdtempSync(join(tmpdir(), 'cloud-check-'))
  const auth = {
    auth_url: cloud.authUrl,
    application_credential_id: 'site-id',
    application_credential_secret: 'site-secret',
  }
  const clouds = defect.cloudsFile ?? JSON.stringify({ clouds: { arbutus: { auth, ...defect.entry } } })
  writeFileSync(join(folder, 'clouds.yaml'), clouds)
  chmodSync(join(folder, 'clouds.yaml'), 0o600)
  const config = {
    pool: 'canfar',
    controlPlane: 'the-test',
    condor: { collector: '127.0.0.1:9618', trustDomain: 'test' },
    temporal: { address: '127.0.0.1:1' },
    cloudsFile: 'clouds.yaml',
    deadlines: { createLookup: '2s' },
    ...defect.config,
    clouds: [{ name: 'arbutus', ...defect.policy }],
  }
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(config))
  const api = await openApi(
    { user: 'ops', uid: 0, gid: 0, home: folder, projects: [], roles: ['operator'], ...defect.principal },
    { config: join(folder, 'config.yaml'), env: {}, directory: folder },
  )
  const check = (boot?: TrialBoot, signal = new AbortController().signal) => api.checkCloud('arbutus', { boot, signal })
  return {
    cloud,
    folder,
    api,
    check,
    async checks(boot) {
      const found = new Map<string, Check>()
      for await (const one of check(boot)) found.set(one.name, one)
      return found
    },
    async stop() {
      await api.close()
      await cloud.stop().catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function using<T>(defect: Defect, work: (own: CheckedCloud) => Promise<T>): Promise<T> {
  const own = await checkedCloud(defect)
  try {
    return await work(own)
  } finally {
    await own.stop()
  }
}

/** Names of the checks that ended so. */
export const named = (checks: Map<string, Check>, ok: Check['ok']): string[] =>
  [...checks.values()].filter((check) => check.ok === ok).map(({ name }) => name)
