import {
  collect,
  isUnauthorized,
  type CallOptions,
  type ImageDetails,
  type OpenStack,
  type SecurityGroup,
} from 'openstack-ts'
import type { RuledService } from '#domain/cloud-check/access-rules.ts'
import type { CredentialFacts, CredentialKind } from '#domain/cloud-check/credential.ts'
import type { SeenNetwork } from '#domain/cloud-check/network.ts'
import type { Quotas } from '#domain/cloud-check/room.ts'
import type { Image } from '#domain/image.ts'
import { markOf } from '#domain/rotation/mark.ts'
import { imageOf } from './choices.ts'
import { volumeQuotasOf } from './limits.ts'
import { look } from './look.ts'

// What a check of a cloud asks; it changes nothing. What the answers mean is said in domain/cloud-check.

const kinds = {
  password: 'password',
  applicationCredential: 'application credential',
  token: 'token',
} as const

export const credentialKind = (cloud: OpenStack): CredentialKind => kinds[cloud.config.credential.type]

export async function credentialFacts(cloud: OpenStack, options: CallOptions): Promise<CredentialFacts> {
  const kind = credentialKind(cloud)
  const { user, passwordExpiresAt, applicationCredential } = await cloud.identity.whoami(options)
  const at = (time: string | null): number | 'never' => (time === null ? 'never' : Date.parse(time))
  if (applicationCredential === undefined) return { kind, user: user.name, expires: at(passwordExpiresAt) }
  const { id, name, restricted } = applicationCredential
  // a token of it does not tell its end, and its own access rules may forbid to ask
  const told = await cloud.identity.applicationCredentials.show(id, user.id, options).then(
    ({ expiresAt, description }) => ({ expires: at(expiresAt), made: markOf(description)?.made }),
    (error: unknown) => ({ expires: { unknown: error instanceof Error ? error.message : String(error) } }),
  )
  return { kind, user: user.name, name, restricted, ...told }
}

/** Where the catalog, or an override of it, says that a service is. */
export async function endpointOf(cloud: OpenStack, type: string, options: CallOptions): Promise<{ url: string }> {
  return { url: (await cloud.service(type).endpoint(options)).url }
}

export interface AskedService extends RuledService {
  /** Why it did not answer, beside that it refuses. */
  trouble?: unknown
}

/** Whether each service takes the credential at all, by its cheapest question. */
export async function ruledServices(
  cloud: OpenStack,
  withVolumes: boolean,
  options: CallOptions,
): Promise<AskedService[]> {
  const { compute, image, network, blockStorage } = cloud
  const asked = [
    ['compute', compute, () => compute.limits.absolute(options)],
    ['image', image, () => image.images.list({}, { ...options, pageSize: 1 }).next()],
    ['network', network, () => network.networks.list({}, { ...options, pageSize: 1 }).next()],
    ['block-storage', blockStorage, () => blockStorage.limits.absolute(options)],
  ] as const
  return Promise.all(
    asked
      .filter(([service]) => service !== 'block-storage' || withVolumes)
      .map(async ([service, { client }, ask]) => ({
        service,
        base: new URL((await client.endpoint(options)).url).pathname,
        ...(await ask().then(
          () => ({ refuses: false }),
          (error: unknown) => (isUnauthorized(error) ? { refuses: true } : { refuses: false, trouble: error }),
        )),
      })),
  )
}

/** What the project may have and has; ports only where Neutron tells. */
export async function quotasOf(cloud: OpenStack, withVolumes: boolean, options: CallOptions): Promise<Quotas> {
  const of = ({ limit, used }: { limit: number | null; used: number }) => ({ limit: limit ?? -1, used })
  const signal = options.signal ?? new AbortController().signal
  const [{ instances, cores, ramMb }, ports, volumes] = await Promise.all([
    cloud.compute.limits.absolute(options),
    // an extension that a cloud may lack
    cloud.network.quotas.show(undefined, options).catch(() => undefined),
    withVolumes ? volumeQuotasOf(cloud, signal) : {},
  ])
  const ofPorts =
    ports === undefined ? {} : { ports: of({ ...ports.ports, used: ports.ports.used + ports.ports.reserved }) }
  return { instances: of(instances), cores: of(cores), ramMb: of(ramMb), ...ofPorts, ...volumes }
}

export type SeenImage = Image & { diskFormat: string | null }

export async function sharedImages(
  cloud: OpenStack,
  options: CallOptions,
): Promise<Record<'open' | 'accepted' | 'pending', SeenImage[]> & { hidden?: string }> {
  const { images, members } = cloud.image
  const project = await cloud.projectId(options)
  const [bootable, pending] = await Promise.all([
    collect(images.list({ status: 'active' }, options)),
    collect(images.list({ visibility: 'shared', memberStatus: 'pending', status: 'active' }, options)),
  ])
  const isShare = ({ visibility, owner }: ImageDetails) => visibility === 'shared' && owner !== project
  const accepted = bootable.filter(isShare)
  const [share] = [...pending, ...accepted]
  const membership = share === undefined ? undefined : await look(() => members.show(share.id, project, options))
  return {
    open: bootable.filter((one) => !isShare(one)).map(seenImage),
    accepted: accepted.map(seenImage),
    pending: pending.map(seenImage),
    ...(membership !== undefined && 'why' in membership ? { hidden: membership.why } : {}),
  }
}

const seenImage = (image: ImageDetails): SeenImage => ({ ...imageOf(image), diskFormat: image.diskFormat })

export async function networksOf(cloud: OpenStack, options: CallOptions): Promise<SeenNetwork[]> {
  const found = await collect(cloud.network.networks.list({}, options))
  return found.map(({ id, name, status, projectId, shared, subnetIds }) => {
    return { id, name, status, projectId, shared, subnets: subnetIds.length }
  })
}

/** The project's own: an administrator sees everybody's. */
export async function securityGroupsOf(cloud: OpenStack, options: CallOptions): Promise<SecurityGroup[]> {
  const [project, groups] = await Promise.all([
    cloud.projectId(options),
    collect(cloud.network.securityGroups.list({}, options)),
  ])
  return groups.filter(({ projectId }) => projectId === null || projectId === project)
}
