import { requirePlain } from '../plain-text.ts'
import { quote } from './literals.ts'

/** What ties the jobs of a submission to its worker VMs. */
export interface JobStamp {
  /** Id of the submission, the value of `CanfarSubmission`. */
  submission: string
  /** `<project>:<image name>`. */
  vmType: string
  /** Cloud name → image id, one entry for each cloud that may run the jobs. */
  images: Readonly<Record<string, string>>
  /** Cloud name → flavor id. Empty: any flavor will do. */
  flavors: Readonly<Record<string, string>>
  /** Cloud name → checksum of the image that is copied there: such a cloud has no part in `images` until the copy is there. */
  copies?: Readonly<Record<string, string>>
  /** Whom a worker VM may serve; the owner's user name by default. */
  tenant: string
  /** The pool's TRUST_DOMAIN: the part of a token's identity after the @. */
  trustDomain: string
}

const identifier = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** `arbutus:<id>,east:<id>`, in the order of the clouds' names. */
export function cloudList(ids: Readonly<Record<string, string>>): string {
  return Object.entries(ids)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([cloud, id]) => {
      if (!identifier.test(cloud) || !identifier.test(id)) throw new TypeError(`not a cloud and an id: ${cloud}:${id}`)
      return `${cloud}:${id}`
    })
    .join(',')
}

/** The attributes that each job of the submission gets, as ClassAd expressions. */
export function stampAttributes(stamp: JobStamp): [name: string, expression: string][] {
  const flavors = cloudList(stamp.flavors)
  const copies = cloudList(stamp.copies ?? {})
  return [
    ['CanfarSubmission', quote(requirePlain('submission', stamp.submission))],
    ['VMType', quote(requirePlain('VM type', stamp.vmType))],
    ['VMAMI', quote(cloudList(stamp.images))],
    ...(flavors === '' ? [] : [['VMInstanceType', quote(flavors)] satisfies [string, string]]),
    ...(copies === '' ? [] : [['CanfarCopies', quote(copies)] satisfies [string, string]]),
  ]
}

/** Escapes a name for a regular expression without a backslash, whose meaning differs between old and new ClassAds. */
function literally(name: string): string {
  if (!identifier.test(name)) throw new TypeError(`not a name that can stand in an identity: ${name}`)
  return name.replaceAll('.', '[.]')
}

/**
 * The requirements of a job: its own VM type, image and flavor, on a machine whose identity, as the collector saw it, is one of its
 * tenant's worker VMs. A worker VM's ad alone proves nothing: users are root in their images.
 */
export function stampRequirements(stamp: JobStamp): string {
  const parts = [
    'TARGET.VMType =?= MY.VMType',
    'TARGET.Arch == "X86_64"',
    'stringListIMember(TARGET.VMAMI, MY.VMAMI)',
    ...(Object.keys(stamp.flavors).length === 0 ? [] : ['stringListIMember(TARGET.VMInstanceType, MY.VMInstanceType)']),
    `regexp("^${literally(stamp.tenant)}[.][a-z0-9-]+@${literally(stamp.trustDomain)}$", TARGET.AuthenticatedIdentity)`,
  ]
  return parts.join(' && ')
}
