import { join } from 'node:path'
import { loadCloudConfig, OpenStack } from 'openstack-ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import type { CliOptions, CliResult } from '#testbed/site/cli.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { ASTRONOMER_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { proxyCertificate } from './proxy-certificate.ts'

/** Images and flavors with which something is wrong. */
export const words = {
  twice: 'two-of-a-name',
  queued: 'not-saved-yet',
  volume: 'made-of-a-volume',
  theirs: 'of-another-project',
  another: 'elsewhere',
  tiny: 'tiny-5',
  rootless: 'rootless',
}

/** Ids of the two images of one name. */
export const twins = ['0f6d2c1e-59a1-4a59-8b1c-5f1b8a3d0001', '0f6d2c1e-59a1-4a59-8b1c-5f1b8a3d0002'] as const

const image = (name: string, more: object = {}) => ({
  name,
  owner: ASTRONOMER_PROJECT,
  visibility: 'private' as const,
  diskFormat: 'qcow2',
  size: 1 << 20,
  minDisk: 10,
  ...more,
})

const flavor = (name: string, diskGb: number) => ({ name, vcpus: 2, ramMb: 4096, diskGb, ephemeralGb: 0 })

const changed = (seed: SeedInput, images: NonNullable<SeedInput['images']>): SeedInput => ({
  ...seed,
  projects: [...(seed.projects ?? []), { name: words.another }],
  images: [...(seed.images ?? []), image('catalogue-software-2019'), image('telescope'), ...images],
  flavors: [...(seed.flavors ?? []), flavor(words.tiny, 5), flavor(words.rootless, 0)],
})

/** What is wrong is wrong on arbutus; `theirs` is the astronomer's own on east. */
const clouds = [
  {
    name: 'arbutus',
    priority: 10,
    quota: { instances: 1 },
    seed: (seed: SeedInput) =>
      changed(seed, [
        image(words.twice, { id: twins[0], size: 3 << 20, createdAt: '2023-01-02T03:04:05Z' }),
        image(words.twice, { id: twins[1], size: 5 << 20, createdAt: '2024-02-03T04:05:06Z' }),
        image(words.volume, { size: 0, properties: { block_device_mapping: '[{"snapshot_id": "5f1c"}]' } }),
        image(words.theirs, {
          owner: words.another,
          visibility: 'shared',
          members: [{ project: ASTRONOMER_PROJECT, status: 'accepted' }],
        }),
      ]),
  },
  { name: 'east', seed: (seed: SeedInput) => changed(seed, [image(words.theirs)]) },
]

export interface InputSite {
  site: Site
  cloud(name: string): SiteCloud
  /** Writes a file of the astronomer's into their home. @returns its name */
  file(name: string, text: string | string[], mode?: number): string
  cli(argv: string[], options?: CliOptions): Promise<CliResult>
  /** `submit FILE`, with the usual image and flavor unless others are named. */
  submit(file: string, more?: string[], options?: CliOptions): Promise<CliResult>
  /** All that must stay as it is when something is refused: jobs, images and with whom they are shared, servers. */
  deeds(): Promise<object>
  /** A self-signed certificate of the astronomer's. @returns its name */
  certificate(name: string, days: number): Promise<string>
  /** The astronomer's connection to a cloud. */
  astronomer(cloud: string): OpenStack
}

export async function startInputSite(): Promise<InputSite> {
  const site = await startSite({ guests: 'process', fast: true, keepalive: '6s', clouds })
  const { account } = site
  const file = (name: string, text: string | string[], mode = 0o644): string => {
    writeOwn(account, join(account.home, name), typeof text === 'string' ? text : `${text.join('\n')}\n`, mode)
    return name
  }
  const cli = (argv: string[], options: CliOptions = {}) => site.cli(argv, options)
  file('job.sh', '#!/bin/sh\necho done; sleep "${1:-1}"\n', 0o755)
  return {
    site,
    cloud: (name) => {
      const found = site.clouds[name]
      if (found === undefined) throw new Error(`this site has no cloud ${name}`)
      return found
    },
    file,
    cli,
    submit: (name, more = [IMAGE, FLAVOR], options = {}) => cli(['submit', name, ...more], options),
    deeds: () => deeds(site),
    certificate: async (name, days) => file(name, await proxyCertificate(site.instance.folder, days), 0o600),
    astronomer: (cloud) => {
      const path = join(account.home, '.config', 'openstack', 'clouds.yaml')
      return OpenStack.connect(loadCloudConfig({ cloud, env: {}, cwd: account.home, files: { clouds: path } }))
    },
  }
}

async function deeds({ pool, clouds: all }: Site): Promise<object> {
  const what = ['-af', 'ClusterId', 'ProcId', 'JobStatus']
  const [queue, history, ...onClouds] = await Promise.all([
    pool.tool('condor_q', ['-allusers', ...what]),
    pool.tool('condor_history', what),
    ...Object.values(all).map(async ({ name, admin }) => {
      const [servers, { images }] = await Promise.all([admin.servers(), admin.inventory()])
      return { name, servers: servers.map((server) => server.name), images }
    }),
  ])
  return { queue, history, onClouds }
}
