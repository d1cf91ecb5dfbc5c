import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadCloudConfig, OpenStack, type CloudConfig } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'

/** What is needed of the site's configuration to reach its batch projects. */
export interface CloudSettings {
  /** The site's clouds.yaml. */
  cloudsFile: string
  clouds: readonly { name: string; entry?: string | undefined }[]
}

/**
 * Connections to the batch project of each cloud, kept open: a token serves many calls. Ask for it anew for each piece of work:
 * once clouds.yaml has changed, a new credential is used from the next time on, without a restart.
 */
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
  const open = new Map<string, { connection: OpenStack; made: string }>()
  const replaced: OpenStack[] = []
  return {
    batch(cloud) {
      const known = open.get(cloud)
      const made = stampOfFiles(settings.cloudsFile)
      if (known !== undefined && (made === undefined || made === known.made)) return known.connection
      try {
        const config = batchConfig(settings, cloud)
        const connection = OpenStack.connect(config, { userAgent: 'canfar-batch', env: process.env })
        open.set(cloud, { connection, made: made ?? '' })
        // whoever works with it goes on with it
        if (known !== undefined) replaced.push(known.connection)
        return connection
      } catch (error) {
        // an editor may be in the middle of writing it: what was read before serves until the file is whole
        if (known !== undefined) return known.connection
        throw error
      }
    },
    async close() {
      const current = [...open.values()].map(({ connection }) => connection)
      await Promise.all([...current, ...replaced].map((connection) => connection.close()))
    },
  }
}

/** The secrets may be in a file beside it, which the loader lays over it. */
const beside = ['secure.yaml', 'secure.yml', 'secure.json']

/** Differs once a clouds.yaml, or what lies beside it, has been written; undefined if it cannot be looked at. */
export function stampOfFiles(file: string): string | undefined {
  const own = stampOf(file)
  if (own === undefined) return undefined
  return [own, ...beside.map((name) => stampOf(join(dirname(file), name)) ?? '')].join(' ')
}

/** Differs once a file has been written or replaced; undefined if it cannot be looked at. */
export function stampOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch {
    return undefined
  }
}
