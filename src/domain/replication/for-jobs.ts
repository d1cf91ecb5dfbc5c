import {
  chosenFlavor,
  flavorOn,
  settleChoices,
  warningsOf,
  type Choice,
  type CloudOffer,
  type Tried,
  type Wanted,
} from '../choice.ts'
import { chooseImage, type Image } from '../image.ts'
import { Problem } from '../problem.ts'
import { closedTo, type CopyTarget } from './closed.ts'
import type { DataHash } from './same-data.ts'

/** What was seen of one cloud on which the user has a project. */
export interface Looked {
  tried: Tried
  /** Absent if it did not answer. */
  offer?: CloudOffer
  /** Whether the user lets the jobs run there. */
  wished: boolean
  /** Absent: whether an image may be copied there is not known, and hinders nothing. */
  target?: CopyTarget | undefined
}

/** A cloud that lacks the image and gets a copy, so that the jobs may run there too. */
export interface CopyWish {
  cloud: string
  /** The cloud that has it. */
  from: string
  /** As `from` has it; `project` is the name of the user's project on `cloud`. */
  image: { id: string; name: string; project: string }
  hash: DataHash
  /** Id of the user's project on `cloud`, whose the copy will be. */
  projectId: string
  /** What VMs will have there. */
  flavor: Choice['flavor']
}

export interface Settled {
  choices: Choice[]
  copies: CopyWish[]
  /** What the user should know although the submission goes on. */
  warnings: string[]
}

/**
 * The clouds on which the submission may run, and those on which it may once they have a copy of the image.
 * @throws Problem as `settleChoices` does; where a copy would have helped, with the reason why there is none
 */
export function settle(looked: readonly Looked[], wanted: Wanted): Settled {
  const wished = looked.filter((one) => one.wished)
  const answers = wished.map((one) => copyTo(one, looked, wanted))
  const copies = answers.flatMap((answer) => (typeof answer === 'object' ? [answer] : []))
  const tried = wished.filter((_, n) => typeof answers[n] !== 'object').map((one) => one.tried)
  try {
    return { choices: settleChoices(tried, copies.length > 0), copies, warnings: warningsOf(tried) }
  } catch (error) {
    const reasons = answers.filter((answer) => typeof answer === 'string')
    throw error instanceof Problem && reasons.length > 0 && lacking.has(error.data.code)
      ? notCopied(error, reasons)
      : error
  }
}

const lacking = new Set(['ImageUnknown', 'ImageBeingCopied'])

/** Whether all that the cloud lacks is the image. */
export const lacksImage = ({ tried }: Pick<Looked, 'tried'>): boolean =>
  'problem' in tried && lacking.has(tried.problem.data.code)

/** What would be copied there, or why nothing is; `undefined` if no copy is missing, or there is nothing to copy. */
function copyTo(one: Looked, looked: readonly Looked[], wanted: Wanted): CopyWish | string | undefined {
  const { offer, target } = one
  if (offer === undefined || !lacksImage(one)) return undefined
  const { cloud, project, projectId } = offer
  const found = looked.flatMap((other) => sourceOn(other, wanted))
  const [source] = found.filter(({ own }) => own)
  if (source === undefined) {
    return found.length === 0 ? undefined : `${cloud}: an image of another project is copied only if you ask for it`
  }
  const { image, from, hash } = source
  if (hash === undefined) return `${cloud}: ${from} has no hash of the image, by which a copy could be checked`
  try {
    const flavor = flavorOn(offer, wanted, image)
    const reason = target && closedTo(target, flavor)
    if (reason !== undefined) return `${cloud}: ${reason}`
    const { id, name } = image
    return { cloud, from, image: { id, name, project }, hash, projectId, flavor: chosenFlavor(flavor) }
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

interface Source {
  from: string
  image: Image
  hash: DataHash | undefined
  /** Of the user's own project. */
  own: boolean
}

/** The image as a cloud has it, fit to be copied; whether the jobs may run there does not matter. */
function sourceOn({ offer }: Looked, { image: wanted }: Wanted): Source[] {
  if (offer === undefined || wanted === undefined) return []
  const whole = offer.images.filter(({ unfinishedCopy }) => unfinishedCopy !== true)
  try {
    const image = chooseImage(whole, wanted, offer.cloud)
    return [{ from: offer.cloud, image, hash: image.hash, own: image.owner === offer.projectId }]
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

function notCopied({ data }: Problem, reasons: string[]): Problem {
  return new Problem({
    ...data,
    details: reasons.map((reason) => `not copied to ${reason}`),
    next: 'canfar-batch image replicate IMAGE --to CLOUD copies it where you ask for it; or name another cloud or image.',
  })
}
