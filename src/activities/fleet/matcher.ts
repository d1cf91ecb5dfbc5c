import type { Deps } from '#activities/deps.ts'
import type { DemandGroup } from '#domain/demand.ts'
import { guestOf } from '#domain/fleet/fit.ts'
import type { FleetCloud, Flavor, Matches, MatchResult } from '#domain/fleet/types.ts'

/** Asks HTCondor itself whether a group's job would match a worker that does not exist yet; each question once. */
export class Matcher {
  readonly #deps: Pick<Deps, 'condor' | 'config'>
  readonly #answers = new Map<string, MatchResult>()

  constructor(deps: Pick<Deps, 'condor' | 'config'>) {
    this.#deps = deps
  }

  async match(groups: DemandGroup[], clouds: FleetCloud[], signal: AbortSignal): Promise<Matches> {
    const matches: Matches = {}
    for (const group of groups) {
      const answers: Record<string, MatchResult> = {}
      for (const cloud of clouds) {
        const answer = await this.#ask(group, cloud, signal)
        if (answer !== undefined) answers[cloud.name] = answer
      }
      matches[group.id] = answers
    }
    this.#forget(groups)
    return matches
  }

  async #ask(group: DemandGroup, cloud: FleetCloud, signal: AbortSignal): Promise<MatchResult | undefined> {
    const image = group.images[cloud.name]
    const flavor = cloud.flavors[group.flavors[cloud.name] ?? '']
    // a group that was only supposed has no job to ask about
    if (image === undefined || flavor === undefined || group.sample === '') return undefined
    const slot = this.#slot(group, cloud, flavor, image)
    const key = `${group.id} ${cloud.name} ${JSON.stringify(slot)}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = await this.#deps.condor.match(group.sample, slot, { signal })
    if (!('unknown' in answer)) this.#answers.set(key, answer)
    return answer
  }

  /** The ad of a free worker of this flavor and image, as its tenant's. */
  #slot(group: DemandGroup, cloud: FleetCloud, flavor: Flavor, image: string) {
    const { resources } = guestOf(cloud, flavor, image)
    const { trustDomain, uidDomain } = this.#deps.config.condor
    return {
      Machine: 'template',
      OpSys: 'LINUX',
      Arch: 'X86_64',
      HasFileTransfer: true,
      HasJobDeferral: true,
      HasTransferInputRemaps: true,
      UidDomain: uidDomain ?? trustDomain,
      Cpus: resources.cpus,
      Memory: resources.memoryMb,
      Disk: resources.diskKb,
      VMType: group.vmType,
      VMAMI: `${cloud.name}:${image}`,
      VMInstanceType: `${cloud.name}:${flavor.id}`,
      CloudName: cloud.name,
      Tenant: group.owner,
      VMName: 'template',
      AuthenticatedIdentity: `${group.owner}.template@${trustDomain}`,
    }
  }

  #forget(groups: DemandGroup[]): void {
    const present = new Set(groups.map(({ id }) => id))
    for (const key of this.#answers.keys()) if (!present.has(key.slice(0, key.indexOf(' ')))) this.#answers.delete(key)
  }
}
