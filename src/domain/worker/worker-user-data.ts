import type { Flavor } from '../flavor.ts'
import { serialiseSettings, siteSettings } from './condor-settings.ts'
import type { WorkerKit } from './kit.ts'
import { cloudConfig, encodeUserData, serialiseCloudConfig, type JobAccount } from './user-data.ts'
import { workerConfiguration } from './worker-configuration.ts'

/** What of the site's configuration a worker VM is told. */
export interface WorkerSite {
  condor: {
    /** `address:port` of the collector. */
    collector: string
    trustDomain: string
    uidDomain?: string | undefined
    workerPort: number
    ccb: boolean
    workerSettings: Readonly<Record<string, string>>
  }
  /** ms. */
  keepalive: { cap: number }
  sshKeys: readonly string[]
}

export interface WorkerVmData {
  name: string
  cloud: string
  image: { id: string }
  flavor: Pick<Flavor, 'id' | 'ephemeralGb'>
  vmType: string
  tenant: string
  owner: JobAccount
  token: string
  /** How long running jobs may go on once the VM drains, ms. */
  drain: number
}

/**
 * All that makes a VM of an image a worker of the pool, ready for base64.
 * @throws Problem `UserDataTooLarge`
 */
export function workerUserData(
  { condor, keepalive, sshKeys }: WorkerSite,
  vm: WorkerVmData,
  kit: WorkerKit,
  gzip: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const [host = '', port = '9618'] = condor.collector.split(':')
  const settings = workerConfiguration(
    {
      host,
      port: Number(port),
      trustDomain: condor.trustDomain,
      uidDomain: condor.uidDomain ?? condor.trustDomain,
      ports: { kind: 'shared', port: condor.workerPort },
      ccb: condor.ccb,
    },
    {
      name: vm.name,
      cloud: vm.cloud,
      imageId: vm.image.id,
      flavorId: vm.flavor.id,
      vmType: vm.vmType,
      tenant: vm.tenant,
      owner: vm.owner.name,
    },
    { drain: vm.drain, keepaliveCap: keepalive.cap / 60_000 },
    siteSettings(condor.workerSettings),
  )
  const document = cloudConfig({
    owner: vm.owner,
    condorConfiguration: serialiseSettings(settings),
    token: vm.token,
    kit,
    scratch: vm.flavor.ephemeralGb > 0,
    sshKeys,
  })
  return encodeUserData(serialiseCloudConfig(document), gzip)
}
