import { z } from 'zod'
import type { Seed } from '#testbed/cloud/config.ts'
import type { Api } from '../api.ts'
import { imageContent } from './image-content.ts'
import type { SeededIdentity } from './identity.ts'

const Id = z.object({ id: z.string() })

/** Makes a region's flavors, images, networks and quotas. */
export async function seedRegion(admin: Api, region: string, seed: Seed, identity: SeededIdentity): Promise<void> {
  const projectId = (name: string): string => {
    const id = identity.projects.get(name)
    if (id === undefined) throw new Error(`the seed of ${region} names the project ${name}, which it does not have`)
    return id
  }
  const url = (type: string): string => admin.url(type, region)
  await seedFlavors(admin, url('compute'), seed, projectId)
  await seedImages(admin, `${url('image')}/v2`, seed, projectId)
  await seedNetworks(admin, `${url('network')}/v2.0`, seed, projectId)
  for (const [name, { compute, network }] of Object.entries(seed.quotas)) {
    const project = projectId(name)
    await admin.put(`${url('compute')}/os-quota-sets/${project}`, { json: { quota_set: compute } })
    await admin.put(`${url('network')}/v2.0/quotas/${project}`, { json: { quota: network } })
  }
}

type ProjectId = (name: string) => string

async function seedFlavors(admin: Api, compute: string, seed: Seed, projectId: ProjectId): Promise<void> {
  for (const { id, name, vcpus, ramMb, diskGb, ephemeralGb, swapMb, extraSpecs, onlyFor } of seed.flavors) {
    const { flavor } = await admin.post(
      `${compute}/flavors`,
      {
        flavor: {
          ...(id !== undefined && { id }),
          name,
          vcpus,
          ram: ramMb,
          disk: diskGb,
          swap: swapMb,
          'OS-FLV-EXT-DATA:ephemeral': ephemeralGb,
          'os-flavor-access:is_public': onlyFor === undefined,
        },
      },
      z.object({ flavor: Id }),
    )
    if (Object.keys(extraSpecs).length > 0) {
      await admin.act(`${compute}/flavors/${flavor.id}/os-extra_specs`, { extra_specs: extraSpecs })
    }
    for (const project of onlyFor ?? []) {
      await admin.act(`${compute}/flavors/${flavor.id}/action`, { addTenantAccess: { tenant: projectId(project) } })
    }
  }
}

async function seedImages(admin: Api, images: string, seed: Seed, projectId: ProjectId): Promise<void> {
  for (const image of seed.images) {
    const { id } = await admin.post(
      `${images}/images`,
      {
        ...image.properties,
        ...(image.id !== undefined && { id: image.id }),
        name: image.name,
        owner: projectId(image.owner),
        visibility: image.visibility,
        disk_format: image.diskFormat,
        container_format: 'bare',
        min_disk: image.minDisk,
        min_ram: image.minRam,
        protected: image.protected,
      },
      Id,
    )
    await admin.put(`${images}/images/${id}/file`, { bytes: imageContent(image) })
    for (const { project, status } of image.members) {
      if (status !== 'pending')
        throw new Error(`only ${project} itself can answer that ${image.name} is shared with it`)
      await admin.act(`${images}/images/${id}/members`, { member: projectId(project) })
    }
  }
}

async function seedNetworks(admin: Api, neutron: string, seed: Seed, projectId: ProjectId): Promise<void> {
  for (const { id, name, cidr, pool, gateway, owner, shared, external } of seed.networks) {
    if (id !== undefined) throw new Error(`the network ${name} cannot be given an id: Neutron makes its own`)
    const tenant = owner === undefined ? {} : { tenant_id: projectId(owner) }
    const { network } = await admin.post(
      `${neutron}/networks`,
      { network: { name, shared, 'router:external': external, ...tenant } },
      z.object({ network: Id }),
    )
    await admin.act(`${neutron}/subnets`, {
      subnet: {
        name: `${name}-subnet`,
        network_id: network.id,
        ip_version: 4,
        cidr,
        enable_dhcp: false,
        ...(gateway !== undefined && { gateway_ip: gateway }),
        ...(pool !== undefined && { allocation_pools: [{ start: pool[0], end: pool[1] }] }),
        ...tenant,
      },
    })
  }
}
