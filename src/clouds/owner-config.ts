import { dirname } from 'node:path'
import { CloudConfigError, loadCloudConfig, type CloudConfig } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'

/** What is needed of the site's configuration to know who may make its credentials. */
export interface OwnerSettings {
  cloudsFile: string
  ownersFile?: string | undefined
  clouds: readonly { name: string; rotation: { owner?: string | undefined } }[]
}

/** Where the site's own owners are. */
export const ownersFileOf = ({ ownersFile, cloudsFile }: OwnerSettings): string => ownersFile ?? cloudsFile

/** With what the site makes another credential for the batch project of a cloud. @throws Problem `OwnerMissing` */
export function ownerConfig(settings: OwnerSettings, cloud: string): CloudConfig {
  const entry = settings.clouds.find(({ name }) => name === cloud)?.rotation.owner
  if (entry === undefined) {
    throw new Problem({
      code: 'OwnerMissing',
      kind: 'auth',
      where: `cloud ${cloud}`,
      message: 'the configuration names nobody who may make its credentials',
      next: 'Name an entry of ownersFile as rotation.owner of this cloud, or lend your own: canfar-batch cloud rotate --help.',
    })
  }
  const file = ownersFileOf(settings)
  try {
    return loadCloudConfig({ cloud: entry, env: {}, cwd: dirname(file), files: { clouds: file } })
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    const next = 'Correct the entry, or rotation.owner of this cloud in the configuration.'
    throw new Problem({ code: 'OwnerMissing', kind: 'auth', message: error.message, next }, { cause: error })
  }
}
