import { listClouds, loadCloudConfig, type CloudConfig } from 'openstack-ts'
import { bare } from './user-credential.ts'

/** The user's other entries of clouds.yaml for the same cloud: other projects of theirs. One that is incomplete is none. */
export function entriesBeside(
  config: CloudConfig,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): CloudConfig[] {
  return listClouds({ env, cwd })
    .filter(
      ({ name, authUrl }) => name !== config.name && authUrl !== undefined && bare(authUrl) === bare(config.authUrl),
    )
    .flatMap(({ name }) => {
      try {
        return [loadCloudConfig({ env, cwd, ...(name === 'envvars' ? {} : { cloud: name }) })]
      } catch {
        return []
      }
    })
    .filter(({ region }) => region === undefined || config.region === undefined || region === config.region)
}

/** The same account in another project of its; an application credential is bound to its own. */
export function inProject(config: CloudConfig, id: string): CloudConfig | undefined {
  const { credential } = config
  if (credential.type === 'applicationCredential') return undefined
  return { ...config, credential: { ...credential, scope: { project: { id } } } }
}
