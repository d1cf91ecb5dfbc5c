import { z } from 'zod'

const port = z.int().positive()

export const LayoutSchema = z.object({
  /** Of 127/8; each port below is on it. */
  address: z.string(),
  identity: port,
  regions: z
    .array(z.object({ name: z.string(), front: port, compute: port, placement: port, image: port, network: port }))
    .min(1)
    .max(2),
})

/** Where an installation's services listen. */
export type Layout = z.infer<typeof LayoutSchema>
export type Region = Layout['regions'][number]

/** As Keystone names the first one by default, and one more. */
export const REGION_NAMES = ['RegionOne', 'RegionTwo'] as const

/** Keystone itself. */
export const identityUrl = ({ address, identity }: Layout): string => `http://${address}:${identity}/v3`

/** What stands before all services of a region; paths are those of a simulated cloud. */
export const frontUrl = ({ address }: Layout, { front }: Region): string => `http://${address}:${front}`

/** A region's entries in the catalog for those outside, by type of service; nobody outside needs Placement. */
export function publicEndpoints(layout: Layout, region: Region): Record<string, string> {
  const front = frontUrl(layout, region)
  return {
    identity: `${front}/identity/v3`,
    compute: `${front}/compute/v2.1`,
    image: `${front}/image`,
    network: `${front}/network`,
  }
}

/** Those for the services themselves, and for administrators. */
export const endpoints = ({ address }: Layout, region: Region): Record<string, string> => ({
  compute: `http://${address}:${region.compute}/v2.1`,
  placement: `http://${address}:${region.placement}`,
  image: `http://${address}:${region.image}`,
  network: `http://${address}:${region.network}`,
})

/** @param freePort Finds a free port at or after the one that it is given. */
export async function layOut(
  address: string,
  regions: number,
  freePort: (address: string, preferred: number) => Promise<number>,
): Promise<Layout> {
  let last = 14_999
  const next = async (): Promise<number> => (last = await freePort(address, last + 1))
  const layout: Layout = { address, identity: await next(), regions: [] }
  for (const name of REGION_NAMES.slice(0, regions)) {
    layout.regions.push({
      name,
      front: await next(),
      compute: await next(),
      placement: await next(),
      image: await next(),
      network: await next(),
    })
  }
  return layout
}
