import { dirname } from 'node:path'
import { loadCloudConfig, OpenStack, type CloudConfig } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'

/** What is needed of the site's configuration to reach its batch projects. */
export interface CloudSettings {
  /** The site's clouds.yaml. */
  cloudsFile: string
  clouds: readonly { name: string; entry?: string | undefined }[]
}

/** Connections to the batch project of each cloud, one a cloud, kept open: a token serves many calls. */
export interface Clouds {
  /** @throws Problem if the cloud is not configured, or its credential is incomplete */
  batch(cloud: string): OpenStack
  close(): Promise<void>
}

/**
 * The entry of the site's clouds.yaml for a cloud.
 * @throws Problem `CloudNotFound`; CloudConfigError, which names path, entry and key
 */
export function batchConfig(settings: CloudSettings, cloud: string): CloudConfig {
  const configured = settings.clouds.find(({ name }) => name === cloud)
  if (configured === undefined) {
    throw new Problem({
      code: 'CloudNotFound',
      kind: 'not-found',
      message: `there is no cloud ${cloud}`,
      details: settings.clouds.map(({ name }) => name),
      next: 'canfar-batch cloud list shows those that there are.',
    })
  }
  return loadCloudConfig({
    cloud: configured.entry ?? cloud,
    env: {},
    cwd: dirname(settings.cloudsFile),
    files: { clouds: settings.cloudsFile },
  })
}

export function createClouds(settings: CloudSettings): Clouds {
  const open = new Map<string, OpenStack>()
  return {
    batch(cloud) {
      const known = open.get(cloud)
      if (known !== undefined) return known
      const connection = OpenStack.connect(batchConfig(settings, cloud), {
        userAgent: 'canfar-batch',
        env: process.env,
      })
      open.set(cloud, connection)
      return connection
    },
    async close() {
      await Promise.all([...open.values()].map((connection) => connection.close()))
    },
  }
}
