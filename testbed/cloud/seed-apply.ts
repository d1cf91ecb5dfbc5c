import type { CloudConfig, Seed } from './config.ts'
import { digest } from './identity/digest.ts'
import { assignmentKey } from './identity/principal.ts'
import { seededHex, seededUuid } from './ids.ts'
import { storeMadeUp } from './image/content.ts'
import { memberKey } from './image/visibility.ts'
import { defaultPool, hostRange, toText } from './network/address.ts'
import type { State } from './state.ts'

/** Fills an empty cloud; one that was filled before is left as its users made it. Ids follow from names. */
export function applySeed(state: State, config: CloudConfig, now: number): void {
  if (state.meta.has('seed')) return
  const { seed, name: cloud } = config
  state.domains.put('default', { id: 'default', name: 'Default' })
  for (const { id, name, enabled, domain } of seed.projects) {
    const key = id ?? seededHex(cloud, 'project', name)
    state.projects.put(key, { id: key, name, enabled, domainId: domainId(state, cloud, domain) })
  }
  const projectId = (name: string): string => {
    const found = [...state.projects.values()].find((project) => project.name === name)
    if (found === undefined)
      throw new Error(`The seed of cloud ${cloud} names the project ${name}, which it does not have`)
    return found.id
  }
  addUsers(state, cloud, seed, projectId, now)
  addImages(state, cloud, seed, projectId, now)
  for (const flavor of seed.flavors) {
    const id = flavor.id ?? seededUuid(cloud, 'flavor', flavor.name)
    const { onlyFor, ...rest } = flavor
    state.flavors.put(id, { ...rest, id, description: null, onlyFor: onlyFor?.map(projectId) ?? null })
  }
  addNetworks(state, cloud, seed, projectId, now)
  for (const [name, { compute, network, volume }] of Object.entries(seed.quotas)) {
    const id = projectId(name)
    state.quotas.put(id, { projectId: id, limits: compute })
    state.networkQuotas.put(id, { projectId: id, limits: network })
    state.volumeQuotas.put(id, { projectId: id, limits: volume })
  }
  for (const host of seed.hosts) state.hosts.put(host.name, host)
  state.meta.put('seed', { seededAt: now })
}

/** Domains are named by those who live in them. */
function domainId(state: State, cloud: string, name: string): string {
  if (name.toLowerCase() === 'default') return 'default'
  const id = seededHex(cloud, 'domain', name)
  state.domains.put(id, { id, name })
  return id
}

type ProjectId = (name: string) => string

function addUsers(state: State, cloud: string, seed: Seed, projectId: ProjectId, now: number): void {
  for (const user of seed.users) {
    const id = user.id ?? seededHex(cloud, 'user', user.name)
    state.users.put(id, {
      id,
      name: user.name,
      domainId: domainId(state, cloud, user.domain),
      enabled: true,
      password: digest(user.password),
    })
    for (const [project, roles] of Object.entries(user.roles)) {
      const assignment = { userId: id, projectId: projectId(project), roles }
      state.assignments.put(assignmentKey(id, assignment.projectId), assignment)
    }
    for (const credential of user.applicationCredentials) {
      const key = credential.id ?? seededHex(cloud, 'credential', user.name, credential.name)
      state.credentials.put(key, {
        id: key,
        name: credential.name,
        description: credential.description,
        userId: id,
        projectId: projectId(credential.project),
        roles: credential.roles ?? user.roles[credential.project] ?? [],
        secret: digest(credential.secret),
        expiresAt: credential.expiresAt === null ? null : Date.parse(credential.expiresAt),
        unrestricted: credential.unrestricted,
        accessRules:
          credential.accessRules?.map((rule, n) => ({ ...rule, id: seededHex(key, 'rule', String(n)) })) ?? null,
      })
    }
    for (const key of user.publicKeys) {
      const row = {
        userId: id,
        name: key.name,
        publicKey: key.publicKey,
        fingerprint: '',
        type: 'ssh',
        createdAt: now,
      } as const
      state.keypairs.put(`${id}:${key.name}`, row)
    }
  }
}

function addImages(state: State, cloud: string, seed: Seed, projectId: ProjectId, now: number): void {
  for (const image of seed.images) {
    const id = image.id ?? seededUuid(cloud, 'image', image.name)
    const createdAt = image.createdAt === undefined ? now : Date.parse(image.createdAt)
    // By name and not by id, so that one image seeded in two clouds has one checksum.
    const { content, md5, sha512 } = storeMadeUp(image.name, image.size)
    state.images.put(id, {
      id,
      name: image.name,
      owner: projectId(image.owner),
      status: 'active',
      visibility: image.visibility,
      protected: image.protected,
      hidden: false,
      diskFormat: image.diskFormat,
      containerFormat: 'bare',
      minDisk: image.minDisk,
      minRam: image.minRam,
      size: image.size,
      virtualSize: image.virtualSize ?? (image.diskFormat === 'raw' ? image.size : null),
      md5,
      sha512,
      content,
      tags: [],
      properties: image.properties,
      createdAt,
      updatedAt: createdAt,
      activeAt: null,
    })
    for (const { project, status } of image.members) {
      const member = { imageId: id, project: projectId(project), status, createdAt, updatedAt: createdAt }
      state.members.put(memberKey(id, member.project), member)
    }
  }
}

function addNetworks(state: State, cloud: string, seed: Seed, projectId: ProjectId, now: number): void {
  for (const network of seed.networks) {
    const id = network.id ?? seededUuid(cloud, 'network', network.name)
    const owner = network.owner === undefined ? seededHex(cloud, 'project', 'provider') : projectId(network.owner)
    const { name, shared, external, cidr } = network
    state.networks.put(id, { id, name, projectId: owner, shared, external, description: '', createdAt: now })
    const gateway = network.gateway ?? toText(hostRange(cidr)[0])
    const subnetId = seededUuid(cloud, 'subnet', name)
    state.subnets.put(subnetId, {
      id: subnetId,
      name: `${name}-subnet`,
      networkId: id,
      projectId: owner,
      cidr,
      gateway,
      pool: network.pool ?? defaultPool(cidr, gateway),
      createdAt: now,
    })
  }
}
