import { randomBytes } from 'node:crypto'
import type { ServerCreate } from 'openstack-ts'
import { bootVolumeSize } from '#clouds/boot-volumes.ts'
import { serverWish } from '#clouds/server-wish.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import type { BootVolume } from '#domain/boot-volume.ts'
import { smallestImage } from '#domain/cloud-check/images.ts'
import { trialUserData, type TrialOrder } from '#domain/cloud-check/trial.ts'
import { chooseFlavor, smallestFlavor, type Flavor } from '#domain/flavor.ts'
import { chooseImage, type Image } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import { checkKey, controlPlaneKey, tenantKey, type VmProof } from '#domain/vm/ownership.ts'
import type { TrialBoot } from '../types.ts'
import type { Found, Ground } from './steps.ts'
import type { TrialRecords } from './trial-records.ts'

export interface TrialGround extends Ground, Found {
  /** Who checks. */
  user: string
  records: TrialRecords
  signal: AbortSignal
}

export interface Prepared {
  order: TrialOrder
  proof: VmProof
  wish: ServerCreate
}

/**
 * One server: as worker VMs are asked for, named as they are, and marked as what it is, so that a cleanup that sees it knows.
 * @throws Problem if no image or flavor fits, or the one that was named does not
 */
export async function prepareTrial(ground: TrialGround, boot: TrialBoot): Promise<Prepared> {
  const { cloud, config, policy, user: tenant, network, securityGroups, options } = ground
  const image = imageFor(ground, boot.image)
  const flavor = flavorFor(ground, boot.flavor, image)
  const bootVolume = await volumeFor(ground, image, flavor)
  const name = `${config.pool}-${policy.name}-${randomBytes(8).toString('hex')}`
  const metadata = {
    [controlPlaneKey]: config.controlPlane,
    [tenantKey]: tenant,
    [checkKey]: new Date().toISOString(),
  }
  const { keyName, availabilityZone, configDrive } = policy
  return {
    order: {
      name,
      image,
      flavor,
      metadata,
      network: network?.name ?? '',
      securityGroups,
      keyName,
      availabilityZone,
      configDrive,
      volumeGb: bootVolume?.sizeGb,
    },
    proof: {
      vm: name,
      controlPlane: config.controlPlane,
      order: {
        batchProject: await cloud.projectId(options),
        tenant,
        image: { id: image.id },
        flavor: { id: flavor.id, name: flavor.name },
        ...(bootVolume === undefined ? {} : { bootVolume }),
      },
    },
    wish: serverWish(policy, {
      name,
      image,
      flavor,
      bootVolume,
      networkId: policy.network === undefined ? undefined : network?.id,
      userData: trialUserData(ground.userDataLength),
      metadata,
    }),
  }
}

function imageFor({ images, policy }: TrialGround, wanted: string | undefined): Image {
  const image = wanted === undefined ? smallestImage(images) : chooseImage(images, wanted, policy.name)
  if (image !== undefined) return image
  throw new Problem({
    code: 'ImageUnknown',
    kind: 'not-found',
    where: `cloud ${policy.name}`,
    message: 'the batch project sees no image to boot from',
    next: 'Ask for a public one, or share one with the batch project and name it: --image ID.',
  })
}

function flavorFor({ flavors, policy }: TrialGround, wanted: string | undefined, image: Image): Flavor {
  const limits = { ...flavorRules(policy), image, cloud: policy.name }
  return wanted === undefined ? smallestFlavor(flavors, {}, limits) : chooseFlavor(flavors, wanted, limits)
}

async function volumeFor(
  { cloud, policy: { bootVolume }, signal }: TrialGround,
  image: Image,
  { diskGb }: Flavor,
): Promise<BootVolume | undefined> {
  if (diskGb > 0 || bootVolume === undefined) return undefined
  const size = await bootVolumeSize(cloud, image.id, bootVolume, signal)
  if ('gb' in size) return { sizeGb: size.gb, ...(bootVolume.type === undefined ? {} : { type: bootVolume.type }) }
  const message = `how large a volume the image ${image.name} needs is not known: ${size.unknown}`
  throw new Problem({ code: 'CloudFailed', kind: 'failure', message, next: 'Try again, or name another --image.' })
}
