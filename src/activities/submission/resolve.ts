import type { Deps } from '#activities/deps.ts'
import { flavorsOf, imagesOf } from '#clouds/choices.ts'
import type { CloudChoice, SubmissionInput } from '#contract/submission.ts'
import { chooseOnCloud, settleChoices } from '#domain/choice.ts'
import { withCredential } from '#secrets/with-credential.ts'
import type { ReadFile } from './read-file.ts'

/** @throws Problem if no cloud has the image and the flavor */
export async function resolveChoices(deps: Deps, input: SubmissionInput, file: ReadFile): Promise<CloudChoice[]> {
  const wanted = { image: input.image ?? file.image, flavor: input.flavor ?? file.flavor, resources: file.resources }
  const offers = await Promise.all(
    input.credentials.map(async ({ cloud, credential }) => {
      const [own, flavors] = await Promise.all([
        withCredential(credential, async (owner) => {
          const [images, project] = await Promise.all([imagesOf(owner), owner.projectName()])
          return { images, project }
        }),
        // what the batch project may boot decides, not what the user's project may
        flavorsOf(deps.clouds.batch(cloud)),
      ])
      return { cloud, ...own, flavors }
    }),
  )
  const choices = settleChoices(offers.map((offer) => chooseOnCloud(offer, wanted)))
  return choices.flatMap((choice) =>
    input.credentials
      .filter(({ cloud }) => cloud === choice.cloud)
      .map(({ credential }) => ({ ...choice, credential })),
  )
}
