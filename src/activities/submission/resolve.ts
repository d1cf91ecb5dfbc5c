import { unlessNotFound, type OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import type { CloudChoice, SubmissionInput } from '#contract/submission.ts'
import { chooseOnCloud, settleChoices, warningsOf, type CloudOffer, type Tried, type Wanted } from '#domain/choice.ts'
import { targets } from '#domain/fleet/options.ts'
import { sharingNeed } from '#domain/image-sharing.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'
import type { ReadFile } from './read-file.ts'

export interface Resolved {
  choices: CloudChoice[]
  warnings: string[]
}

/** @throws Problem if no cloud has the image and the flavor */
export async function resolveChoices(deps: Deps, input: SubmissionInput, file: ReadFile): Promise<Resolved> {
  const wanted = { image: input.image ?? file.image, flavor: input.flavor ?? file.flavor, resources: file.resources }
  const { targetClouds = [] } = file
  const named = deps.config.clouds.filter((cloud) => targets({ targetClouds }, cloud)).map(({ name }) => name)
  // jobs carry the images of these clouds alone, so that they run nowhere else
  const credentials = input.credentials.filter(({ cloud }) => named.includes(cloud))
  if (credentials.length === 0) throw noTarget(deps, targetClouds)
  const tried = await Promise.all(
    credentials.map(({ cloud, credential }) =>
      withCredential(credential, (owner) => tryCloud(deps, owner, cloud, wanted), patience),
    ),
  )
  const choices = settleChoices(tried).flatMap((choice) =>
    credentials.filter(({ cloud }) => cloud === choice.cloud).map(({ credential }) => ({ ...choice, credential })),
  )
  return { choices, warnings: warningsOf(tried) }
}

function noTarget({ config }: Deps, targetClouds: string[]): Problem {
  return new Problem({
    code: 'NoTargetCloud',
    kind: 'not-found',
    message: `+TargetClouds names ${targetClouds.join(', ')}, and you have a credential for none of them`,
    details: config.clouds.map(({ name, aliases }) => [name, ...aliases].join(', also called ')),
    next: 'Name a cloud of this site for which you have a credential, or leave the line out.',
  })
}

async function tryCloud(deps: Deps, owner: OpenStack, cloud: string, wanted: Wanted): Promise<Tried> {
  const batch = deps.clouds.batch(cloud)
  const policy = deps.config.clouds.find(({ name }) => name === cloud)
  const asUser = (error: unknown) => {
    throw cloudProblem(error, cloud, owner.config)
  }
  const asSite = (error: unknown) => {
    throw cloudProblem(error, cloud, 'site')
  }
  try {
    const [images, project, flavors] = await Promise.all([
      imagesOf(owner).catch(asUser),
      owner.projectName().catch(asUser),
      // what the batch project may boot decides, not what the user's project may
      flavorsOf(batch, AbortSignal.timeout(patience.timeouts.headersMs)).catch(asSite),
    ])
    const offer = { cloud, project, images, flavors, ...(policy === undefined ? {} : flavorRules(policy)) }
    const tried = chooseOnCloud(offer, wanted)
    if ('choice' in tried) await requireShareable(batch, owner, offer, tried.choice.image.id).catch(asUser)
    return tried
  } catch (error) {
    if (error instanceof Problem) return { problem: error }
    throw error
  }
}

/** Before anything is shared on any cloud: only its owner can share an image, unless it has been done already. */
async function requireShareable(batch: OpenStack, owner: OpenStack, offer: CloudOffer, id: string): Promise<void> {
  const image = offer.images.find((one) => one.id === id)
  if (image === undefined) return
  try {
    sharingNeed(image, await batch.projectId(), await owner.projectId())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const seen = await unlessNotFound(batch.image.images.show(id))
    if (seen === undefined) throw error
  }
}
