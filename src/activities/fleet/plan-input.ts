import type { Deps } from '#activities/deps.ts'
import { limitsOf } from '#clouds/limits.ts'
import { flavorsOf } from '#clouds/choices.ts'
import { roomRules } from '#config/room-rules.ts'
import type { CloudConfig } from '#config/schema.ts'
import type { CloudControl, StartedVm } from '#contract/fleet.ts'
import { listedVm, type ListedVm } from '#contract/listed.ts'
import { vmsQuery } from '#contract/lists.ts'
import type { DemandGroup } from '#domain/demand.ts'
import type { Breakers } from '#domain/fleet/breakers.ts'
import {
  defaultPolicy,
  type FleetCloud,
  type Flavor,
  type PlanInput,
  type Resources,
  type WorkerVm,
} from '#domain/fleet/types.ts'
import type { CopySeen } from '#domain/replication/copy-seen.ts'
import { demand as readDemand } from '#htcondor/demand.ts'
import type { WorkerAd } from '#htcondor/worker-ad.ts'
import { workers as readWorkers } from '#htcondor/workers.ts'
import { BootVolumes } from './boot-volumes.ts'
import { readCopies } from './read-copies.ts'
import { GuestSizes } from './guest-sizes.ts'
import { Matcher } from './matcher.ts'
import { readStrays } from './read-strays.ts'

/** A look at one cloud must not hold the whole plan up. */
const cloudTimeout = 10_000
const flavorsKeptMs = 5 * 60_000

export interface PlanRequest {
  pool: string
  controls: Record<string, CloudControl>
  breakers: unknown
  recent: StartedVm[]
  /** Temporal's time, by which VMs and breakers are dated, ms since 1970. */
  now: number
  /** A group that nobody has submitted yet: what would be done about it? */
  supposed?: DemandGroup
}

/** Reads everything that a plan depends on. What cannot be read is given as unknown. */
export class PlanReader {
  readonly #deps: Deps
  readonly #guests = new GuestSizes()
  readonly #volumes = new BootVolumes()
  readonly #matcher: Matcher
  readonly #flavors = new Map<string, { at: number; flavors: Record<string, Flavor> }>()

  constructor(deps: Deps) {
    this.#deps = deps
    this.#matcher = new Matcher(deps)
  }

  async read(
    request: PlanRequest,
    signal: AbortSignal,
  ): Promise<{ input: PlanInput; listed: ListedVm[]; projects: Record<string, string> }> {
    const { condor, config } = this.#deps
    const [demand, workers, listed] = await Promise.all([
      readDemand(condor, { signal }),
      readWorkers(condor, { signal, trustDomain: config.condor.trustDomain }),
      this.#listed(),
    ])
    const strays = await readStrays(
      this.#deps,
      new Set([...listed, ...request.recent].map(({ vm }) => vm)),
      request.now,
    )
    const groups = request.supposed === undefined ? demand.groups : [...demand.groups, request.supposed]
    this.#guests.learn(workers.workers)
    const copies = await readCopies(this.#deps.client, groups)
    const projects: Record<string, string> = {}
    const clouds = await Promise.all(
      config.clouds.map(async (cloud) => {
        const seen = await this.#cloud(cloud, request.controls[cloud.name], groups, copies[cloud.name] ?? {}, signal)
        if (seen.project !== undefined) projects[cloud.name] = seen.project
        return { ...seen.cloud, strays: strays[cloud.name] ?? { vms: 0, cores: 0 } }
      }),
    )
    const matches = await this.#matcher.match(groups, clouds, signal)
    const input: PlanInput = {
      demand: groups,
      demandComplete: demand.unreadable === 0,
      supply: supplyOf(listed, request.recent, workers.workers),
      clouds,
      matches,
      policy: { ...defaultPolicy, bootsPerPass: config.policy.bootsPerPass, weights: config.policy.weights },
      breakers: (request.breakers ?? {}) as Breakers,
      now: request.now,
    }
    return { input, listed, projects }
  }

  async #listed(): Promise<ListedVm[]> {
    const found: ListedVm[] = []
    for await (const listed of this.#deps.client.workflow.list({ query: vmsQuery(this.#deps.config.pool) })) {
      const vm = listedVm(listed)
      if (vm !== undefined) found.push(vm)
    }
    return found
  }

  /** A cloud that nobody asks anything of is not asked anything. */
  async #cloud(
    policy: CloudConfig,
    control: CloudControl | undefined,
    groups: readonly DemandGroup[],
    copies: Record<string, CopySeen>,
    signal: AbortSignal,
  ) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(cloudTimeout)])
    const cloud: FleetCloud = {
      name: policy.name,
      aliases: policy.aliases,
      enabled: control?.enabled ?? true,
      ...(control === undefined ? {} : { reason: control.reason }),
      priority: policy.priority,
      ...(policy.availabilityZone === undefined ? {} : { zone: policy.availabilityZone }),
      observed: { unknown: 'nothing was asked' },
      flavors: {},
      ...(policy.bootVolume === undefined ? {} : { bootVolumes: {} }),
      guests: this.#guests.of(policy.name),
      ...roomRules(policy),
      copies,
    }
    if (groups.length === 0) return { cloud }
    try {
      const connection = this.#deps.clouds.batch(policy.name)
      const [project, flavors, observed] = await Promise.all([
        connection.projectId({ signal: limit }),
        this.#flavorsOf(policy.name, limit),
        limitsOf(connection, limit),
      ])
      const { quotas, ...volumes } = await this.#volumes.of(policy, connection, groups, flavors, limit)
      if ('quotas' in observed) observed.quotas = { ...observed.quotas, ...quotas }
      return { cloud: { ...cloud, ...volumes, flavors, observed }, project }
    } catch (error) {
      return { cloud: { ...cloud, observed: { unknown: error instanceof Error ? error.message : String(error) } } }
    }
  }

  async #flavorsOf(name: string, signal: AbortSignal): Promise<Record<string, Flavor>> {
    const known = this.#flavors.get(name)
    if (known !== undefined && performance.now() - known.at < flavorsKeptMs) return known.flavors
    const flavors = Object.fromEntries(
      (await flavorsOf(this.#deps.clouds.batch(name), signal)).map((one) => [one.id, one]),
    )
    this.#flavors.set(name, { at: performance.now(), flavors })
    return flavors
  }
}

/** Running VM workflows, those that lists do not show yet, and what the pool says of their free parts. */
function supplyOf(listed: ListedVm[], recent: StartedVm[], workers: WorkerAd[]): WorkerVm[] {
  const ads = new Map(workers.map((ad) => [ad.vm, ad]))
  const known = new Set(listed.map(({ vm }) => vm))
  const unlisted: ListedVm[] = recent
    .filter(({ vm }) => !known.has(vm))
    .map(({ vm, order, at }) => ({ vm, state: 'requested', order, bornAt: at }))
  return [...listed, ...unlisted].map(({ vm, state, reason, order, bornAt }) => {
    const ad = ads.get(vm)
    return {
      id: vm,
      cloud: order.cloud,
      owner: order.tenant,
      vmType: order.vmType,
      image: order.image.id,
      flavor: order.flavor.id,
      // the pool may know of a worker before its workflow has heard
      state: ad !== undefined && (state === 'building' || state === 'booted') ? 'serving' : state,
      ...(reason === undefined ? {} : { reason }),
      cores: order.flavor.cores,
      memoryMb: order.flavor.ramMb,
      ...(order.bootVolume === undefined ? {} : { volumeGb: order.bootVolume.sizeGb }),
      // Nova counts a server from the create call on; until that has been answered nobody knows
      listed: state !== 'requested' && state !== 'creating' && reason !== 'CreateUnknown',
      bornAt,
      ...(ad === undefined ? {} : { slots: slotsOf(ad), served: ad.jobStarts > 0 || ad.claimed > 0 }),
      group: order.group,
      shape: order.shape,
    }
  })
}

function slotsOf(ad: WorkerAd): { free: Resources; jobs: number } {
  return { free: ad.free, jobs: ad.claimed }
}
