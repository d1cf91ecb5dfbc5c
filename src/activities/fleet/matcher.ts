import type { Deps } from '#activities/deps.ts'
import type { DemandGroup } from '#domain/demand.ts'
import { guestOf } from '#domain/fleet/fit.ts'
import type { FleetCloud, Flavor, Matches, MatchResult } from '#domain/fleet/types.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { job } from '#htcondor/jobs.ts'
import { matches, type TemplateSlot } from '#htcondor/match.ts'

/** Asks HTCondor itself whether a group's job would match a worker that does not exist yet; each question once. */
export class Matcher {
  readonly #deps: Pick<Deps, 'condor' | 'config'>
  readonly #answers = new Map<string, MatchResult>()

  constructor(deps: Pick<Deps, 'condor' | 'config'>) {
    this.#deps = deps
  }

  async match(groups: DemandGroup[], clouds: FleetCloud[], signal: AbortSignal): Promise<Matches> {
    const answers: Matches = {}
    await Promise.all(
      groups.map(async (group) => {
        const asked = clouds.map(async (cloud) => [cloud.name, await this.#ask(group, cloud, signal)] as const)
        const known = (await Promise.all(asked)).flatMap(([name, answer]) =>
          answer === undefined ? [] : [[name, answer] as const],
        )
        answers[group.id] = Object.fromEntries(known)
      }),
    )
    this.#forget(groups)
    return answers
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
    try {
      const answer = await matches(this.#deps.condor, await job(this.#deps.condor, group.sample, { signal }), slot, {
        signal,
      })
      const result: MatchResult = answer.matches
        ? 'matches'
        : { neverMatches: `the ${answer.by}'s requirements refuse it: ${answer.clauses.join('; ')}` }
      this.#answers.set(key, result)
      return result
    } catch (error) {
      if (error instanceof CondorError) return { unknown: error.message }
      throw error
    }
  }

  /** A free worker of this flavor and image, as its tenant's. */
  #slot(group: DemandGroup, cloud: FleetCloud, flavor: Flavor, image: string): TemplateSlot {
    const { resources } = guestOf(cloud, flavor, image)
    const { trustDomain, uidDomain } = this.#deps.config.condor
    return {
      ...resources,
      start: `(TARGET.Owner == "${group.owner}") && (TARGET.VMType =?= MY.VMType)`,
      attributes: {
        Machine: `template.${uidDomain ?? trustDomain}`,
        OpSys: 'LINUX',
        Arch: 'X86_64',
        HasFileTransfer: true,
        UidDomain: uidDomain ?? trustDomain,
        VMType: group.vmType,
        VMAMI: `${cloud.name}:${image}`,
        VMInstanceType: `${cloud.name}:${flavor.id}`,
        CloudName: cloud.name,
        Tenant: group.owner,
        VMName: 'template',
        AuthenticatedIdentity: `${group.owner}.template@${trustDomain}`,
      },
    }
  }

  #forget(groups: DemandGroup[]): void {
    const present = new Set(groups.map(({ id }) => id))
    for (const key of this.#answers.keys()) if (!present.has(key.slice(0, key.indexOf(' ')))) this.#answers.delete(key)
  }
}
