import type { OpenStack } from 'openstack-ts'

/** Runs a method of the package, whatever comes of it; ids are `x`. */
type Use = (cloud: OpenStack) => unknown

const next = (list: AsyncGenerator): Promise<unknown> => list.next()

/** Each method of `openstack-ts` that the product uses, as it is called there. */
export const PRODUCT_CALLS: Readonly<Record<string, Use>> = {
  'compute.microversion': ({ compute }) => compute.microversion(),
  'blockStorage.microversion': ({ blockStorage }) => blockStorage.microversion(),
  'client.endpoint': ({ image, network }) => Promise.allSettled([image.client.endpoint(), network.client.endpoint()]),
  'identity.whoami': ({ identity }) => identity.whoami(),
  'applicationCredentials.show': ({ identity }) => identity.applicationCredentials.show('x'),
  'applicationCredentials.list': ({ identity }) => next(identity.applicationCredentials.list()),
  'applicationCredentials.create': ({ identity }) => identity.applicationCredentials.create({ name: 'x' }),
  'applicationCredentials.delete': ({ identity }) => identity.applicationCredentials.delete('x'),
  'projects.mine': ({ identity }) => next(identity.projects.mine()),
  'servers.create': ({ compute }) => compute.servers.create({ name: 'x', flavorId: 'x', imageId: 'x' }),
  'servers.list': ({ compute }) => next(compute.servers.list()),
  'servers.findByExactName': ({ compute }) => compute.servers.findByExactName('x'),
  'servers.show': ({ compute }) => compute.servers.show('x'),
  'servers.delete': ({ compute }) => compute.servers.delete('x'),
  'actions.unlock': ({ compute }) => compute.actions.unlock('x'),
  'actions.forceDelete': ({ compute, blockStorage }) =>
    Promise.allSettled([compute.actions.forceDelete('x'), blockStorage.actions.forceDelete('x')]),
  'flavors.list': ({ compute }) => next(compute.flavors.list()),
  'limits.absolute': ({ compute, blockStorage }) =>
    Promise.allSettled([compute.limits.absolute(), blockStorage.limits.absolute()]),
  'keypairs.list': ({ compute }) => next(compute.keypairs.list()),
  'serverGroups.list': ({ compute }) => next(compute.serverGroups.list()),
  'availabilityZones.list': ({ compute }) => compute.availabilityZones.list(),
  'images.list': ({ image }) => next(image.images.list()),
  'images.show': ({ image }) => image.images.show('x'),
  'images.create': ({ image }) => image.images.create({ diskFormat: 'raw' }),
  'images.setVisibility': ({ image }) => image.images.setVisibility('x', 'shared'),
  // sent to a queued image only: see the completeness test
  'images.upload': ({ image }) => image.images.upload('x', new Uint8Array(1)),
  'images.download': ({ image }) => image.images.download('x'),
  'images.delete': ({ image }) => image.images.delete('x'),
  'members.show': ({ image }) => image.members.show('x', 'x'),
  'members.create': ({ image }) => image.members.create('x', 'x'),
  'members.update': ({ image }) => image.members.update('x', 'x', 'accepted'),
  'members.delete': ({ image }) => image.members.delete('x', 'x'),
  'networks.list': ({ network }) => next(network.networks.list()),
  'ports.list': ({ network }) => next(network.ports.list()),
  'ports.delete': ({ network }) => network.ports.delete('x'),
  'floatingIps.list': ({ network }) => next(network.floatingIps.list()),
  'floatingIps.delete': ({ network }) => network.floatingIps.delete('x'),
  'securityGroups.list': ({ network }) => next(network.securityGroups.list()),
  'quotas.show': ({ network }) => network.quotas.show(),
  'volumes.list': ({ blockStorage }) => next(blockStorage.volumes.list()),
  'volumes.show': ({ blockStorage }) => blockStorage.volumes.show('x'),
  'volumes.delete': ({ blockStorage }) => blockStorage.volumes.delete('x'),
  'types.list': ({ blockStorage }) => next(blockStorage.types.list()),
}
