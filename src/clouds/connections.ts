import { dirname } from 'node:path'
import { loadCloudConfig, OpenStack } from 'openstack-ts'
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

export function createClouds(settings: CloudSettings): Clouds {
  const open = new Map<string, OpenStack>()
  return {
    batch(cloud) {
      const known = open.get(cloud)
      if (known !== undefined) return known
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
      const connection = OpenStack.connect(
        loadCloudConfig({
          cloud: configured.entry ?? cloud,
          env: {},
          cwd: dirname(settings.cloudsFile),
          files: { clouds: settings.cloudsFile },
        }),
        { userAgent: 'canfar-batch', env: process.env },
      )
      open.set(cloud, connection)
      return connection
    },
    async close() {
      await Promise.all([...open.values()].map((connection) => connection.close()))
    },
  }
}
