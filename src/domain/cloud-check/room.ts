import { failed, passed, warned, type Check } from '../check.ts'
import { considerFlavors, isExcluded, type Flavor, type FlavorRules } from '../flavor.ts'
import { needOf, Room } from '../fleet/limits.ts'
import { quotaNames, type Amounts, type FleetCloud, type Quota, type QuotaName } from '../fleet/types.ts'
import { amountText, plural } from '../fleet/words.ts'
import { unseen, type Look } from './look.ts'

export type Quotas = Partial<Record<QuotaName, Quota>>

/** Whether any flavor can serve as a worker VM, and the smallest, by which room is counted. */
export function judgeFlavors(flavors: readonly Flavor[], rules: FlavorRules): { check: Check; smallest?: Flavor } {
  const name = 'flavors'
  const offered = flavors.filter((flavor) => !isExcluded(flavor, rules))
  const usable = considerFlavors(offered, {}, rules)
    .filter(({ refusal }) => refusal === undefined)
    .map(({ flavor }) => flavor)
  const [smallest] = usable
  if (flavors.length === 0) {
    return { check: failed(name, 'the project may use none', 'Ask the cloud’s operators for some.') }
  }
  if (smallest === undefined) {
    const check =
      offered.length === 0
        ? failed(name, `all ${flavors.length} are excluded`, 'Take some out of "excludedFlavors" of this cloud.')
        : failed(
            name,
            `all ${offered.length} have no root disk, which the cloud refuses for VMs of an image`,
            'Ask for flavors with one, or let VMs boot from volumes: "bootVolume" of this cloud in the configuration.',
          )
    return { check }
  }
  const notes = [
    { number: flavors.length - offered.length, why: 'excluded' },
    { number: offered.length - usable.length, why: 'without root disk are not used' },
  ].flatMap(({ number, why }) => (number === 0 ? [] : [`; ${number} ${why}`]))
  const detail = `${usable.length}, the smallest is ${smallest.name}${notes.join('')}`
  const unknown = (rules.excluded ?? []).filter(
    (one) => !flavors.some((flavor) => isExcluded(flavor, { excluded: [one] })),
  )
  if (unknown.length === 0) return { check: passed(name, detail), smallest }
  const next = 'Correct "excludedFlavors" of this cloud in the configuration.'
  return { check: warned(name, `${detail}; there is no ${unknown.join(', no ')} to exclude`, next), smallest }
}

export interface RoomFacts {
  quotas: Quotas
  /** Of the configuration: kept for others. */
  reserved: Amounts
  /** By which it is counted how many VMs fit. */
  flavor: Flavor
  /** Of the volume that a VM boots from at least, GB; absent where it boots from none. */
  volumeGb?: number | undefined
}

/** What the project may have, has, and has left: as a number of VMs. */
export function judgeRoom(look: Look<RoomFacts>): Check {
  const name = 'quota'
  if (!('seen' in look)) return unseen(name, look)
  const { quotas, reserved, flavor, volumeGb } = look.seen
  const now = roomFor(look.seen, quotas)
  const ever = roomFor(look.seen, unused(quotas))
  const amounts = quotaNames.flatMap((one) => {
    const quota = quotas[one]
    return quota === undefined ? [] : [amountOf(one, quota, reserved[one] ?? 0)]
  })
  const volume = volumeGb === undefined ? '' : ` with a volume of ${volumeGb} GB`
  const vms = `${now === Infinity ? 'room for any number of VMs' : `room for ${plural(now, 'more VM')}`} of ${flavor.name}${volume}`
  const detail = `${vms}; used: ${amounts.join(', ')}`
  const next = 'Ask the cloud’s operators for more quota, or lower "reserved" of this cloud in the configuration.'
  if (ever < 1) return failed(name, detail, next)
  if (now < 1) return warned(name, detail, 'Nothing, if what is there goes again; else ask for more quota.')
  return passed(name, detail)
}

function roomFor({ reserved, flavor, volumeGb }: RoomFacts, quotas: Quotas): number {
  const cloud: FleetCloud = {
    name: '',
    aliases: [],
    enabled: true,
    priority: 0,
    observed: { quotas },
    flavors: {},
    caps: {},
    reserved,
  }
  const need = needOf(cloud, { cores: flavor.vcpus, ramMb: flavor.ramMb, volumeGb })
  return Math.max(0, new Room(cloud, []).headroom(need))
}

const unused = (quotas: Quotas): Quotas =>
  Object.fromEntries(Object.entries(quotas).map(([name, { limit }]) => [name, { limit, used: 0 }]))

function amountOf(name: QuotaName, { limit, used }: Quota, reserved: number): string {
  const of = limit < 0 ? 'without limit' : `of ${limit}`
  return `${amountText(name, used)} ${of}${reserved > 0 ? ` (${reserved} reserved)` : ''}`
}
