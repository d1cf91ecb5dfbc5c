import { unlessNotFound, type OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import { flavorRules } from '#config/flavor-rules.ts'
import type { CredentialName } from '#contract/credential.ts'
import type { CloudChoice, CloudCopy, SubmissionInput } from '#contract/submission.ts'
import { chooseOnCloud, type CloudOffer, type Wanted } from '#domain/choice.ts'
import { targets } from '#domain/fleet/options.ts'
import { sharingNeed } from '#domain/image-sharing.ts'
import { Problem } from '#domain/problem.ts'
import { lacksImage, settle, type Looked } from '#domain/replication/for-jobs.ts'
import { withCredential } from '#secrets/with-credential.ts'
import { copyTargets } from './copy-targets.ts'
import type { ReadFile } from './read-file.ts'

export interface Resolved {
  choices: CloudChoice[]
  /** Histories of submissions that copied nothing lack it. */
  copies?: CloudCopy[]
  warnings: string[]
}

/** @throws Problem if no cloud has the image and the flavor, or could have the image copied */
export async function resolveChoices(deps: Deps, input: SubmissionInput, file: ReadFile): Promise<Resolved> {
  const wanted = { image: input.image ?? file.image, flavor: input.flavor ?? file.flavor, resources: file.resources }
  const { targetClouds = [] } = file
  // jobs carry the images of these clouds alone, so that they run nowhere else
  const named = new Set(deps.config.clouds.filter((cloud) => targets({ targetClouds }, cloud)).map(({ name }) => name))
  if (!input.credentials.some(({ cloud }) => named.has(cloud))) throw noTarget(deps, targetClouds)
  const looked = await Promise.all(
    input.credentials.map(async ({ cloud, credential }) => ({
      ...(await withCredential(credential, (owner) => lookAt(deps, owner, cloud, wanted), patience)),
      cloud,
      wished: named.has(cloud),
    })),
  )
  const lacking = looked.filter((one) => one.wished && lacksImage(one)).map(({ cloud }) => cloud)
  const targetsOf = await copyTargets(deps, lacking)
  const { choices, copies, warnings } = settle(
    looked.map((one) => ({ ...one, target: targetsOf.get(one.cloud) })),
    wanted,
  )
  const credentials = new Map(input.credentials.map(({ cloud, credential }) => [cloud, credential]))
  return {
    choices: choices.map((choice) => ({ ...choice, credential: mine(credentials, choice.cloud) })),
    copies: copies.map((copy) => ({
      ...copy,
      credential: mine(credentials, copy.cloud),
      fromCredential: mine(credentials, copy.from),
    })),
    warnings,
  }
}

function mine(credentials: ReadonlyMap<string, CredentialName>, cloud: string): CredentialName {
  const found = credentials.get(cloud)
  if (found === undefined) throw new RangeError(`no credential for ${cloud}`)
  return found
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

async function lookAt(
  deps: Deps,
  owner: OpenStack,
  cloud: string,
  wanted: Wanted,
): Promise<Pick<Looked, 'tried' | 'offer'>> {
  const batch = deps.clouds.batch(cloud)
  const policy = deps.config.clouds.find(({ name }) => name === cloud)
  const asUser = (error: unknown) => {
    throw cloudProblem(error, cloud, owner.config)
  }
  const asSite = (error: unknown) => {
    throw cloudProblem(error, cloud, 'site')
  }
  try {
    const [images, project, projectId, flavors] = await Promise.all([
      imagesOf(owner).catch(asUser),
      owner.projectName().catch(asUser),
      owner.projectId().catch(asUser),
      // what the batch project may boot decides, not what the user's project may
      flavorsOf(batch, AbortSignal.timeout(patience.timeouts.headersMs)).catch(asSite),
    ])
    const offer = { cloud, project, projectId, images, flavors, ...(policy === undefined ? {} : flavorRules(policy)) }
    const tried = chooseOnCloud(offer, wanted)
    if ('choice' in tried) await requireShareable(batch, offer, tried.choice.image.id).catch(asUser)
    return { tried, offer }
  } catch (error) {
    if (error instanceof Problem) return { tried: { problem: error } }
    throw error
  }
}

/** Before anything is shared on any cloud: only its owner can share an image, unless it has been done already. */
async function requireShareable(batch: OpenStack, offer: CloudOffer, id: string): Promise<void> {
  const image = offer.images.find((one) => one.id === id)
  if (image === undefined) return
  try {
    sharingNeed(image, await batch.projectId(), offer.projectId)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const seen = await unlessNotFound(batch.image.images.show(id))
    if (seen === undefined) throw error
  }
}
