import type { VmReason } from '../vm/reason.ts'

/**
 * What a VM's end speaks against. `image`: this image, flavor and kind of job on this cloud. `capacity`: the cloud's place
 * for this flavor, whatever the image.
 */
export type BreakerKind = 'image' | 'capacity'

export interface Blame {
  against: BreakerKind
  /** One such end is proof; the others count up. */
  decisive: boolean
  /** Speaks against nothing once a job has run. */
  unlessServed: boolean
}

const suspect = (against: BreakerKind): Blame => ({ against, decisive: false, unlessServed: false })
const proof = (against: BreakerKind): Blame => ({ against, decisive: true, unlessServed: false })
const suspectUnlessServed = (against: BreakerKind): Blame => ({ against, decisive: false, unlessServed: true })

/**
 * What each reason counts against. A fault without a clear cause counts against the image on that cloud: were it the cloud's
 * fault, every image would find that out for itself, which costs a few boots; blaming the cloud would let one broken image
 * stop everybody.
 */
export const blameOf: Record<VmReason, Blame | undefined> = {
  CreateUnknown: suspect('capacity'),
  // a restored Temporal minted the name of a server that it has forgotten: neither image nor cloud is at fault
  NameTaken: undefined,
  BuildTimeout: suspect('image'),
  JoinTimeout: suspect('image'),
  NoFirstJob: suspect('image'),
  NeverMatched: proof('image'),
  CloudError: suspectUnlessServed('image'),
  NoCapacity: proof('capacity'),
  // the plan knew the quota and asked all the same, so there is one that it cannot see
  QuotaExceeded: proof('capacity'),
  ImageUnusable: proof('image'),
  BlackHole: suspect('image'),
  Idle: undefined,
  Lifetime: undefined,
  NoDemand: undefined,
  Retired: undefined,
  SelfShutdown: suspectUnlessServed('image'),
  Vanished: suspectUnlessServed('capacity'),
  DeleteStuck: undefined,
}
