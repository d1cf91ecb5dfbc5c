import type { Cloud } from '../cloud.ts'
import type { Effect } from '#testbed/front/rule.ts'
import type { Image } from '../image/types.ts'
import { addPort } from '../network/ports.ts'
import type { SecurityGroup } from '../network/types.ts'
import { Refusal } from '../refusal.ts'
import { takeVolumes, type BootDevice } from './boot-devices.ts'
import { pickHost } from './hosts.ts'
import type { Nic } from './network-choice.ts'
import type { Fault, Server, ServerGroup } from './types.ts'

const GIB = 2 ** 30

/** Of Placement's empty answer, which gives no reason: hence the space. */
const NO_HOST = 'No valid host was found. '

export const tooSmall = (disk: number, need: number): string =>
  `Flavor's disk is too small for requested image. Flavor disk is ${disk} bytes, image is ${need} bytes.`

export interface BuildPlan {
  zone: string | null
  together: ServerGroup | undefined
  /** Undefined for a volume that there was before. */
  image: Image | undefined
  devices: readonly BootDevice[]
  nics: readonly Nic[]
  groups: readonly SecurityGroup[]
  effect: Effect | null
}

/** What scheduler and host make of an accepted server; what they refuse fails the build, no longer the request. */
export function build(cloud: Cloud, server: Server, plan: BuildPlan): Server {
  const placed = place(cloud, server, plan)
  const groups = plan.groups.map(({ id }) => id)
  return fill(cloud, plug(cloud, unpack(cloud, placed, plan), plan.nics, groups), plan.devices)
}

/** Decides where it will run and how its building will end. */
function place(cloud: Cloud, server: Server, { zone, together, effect }: BuildPlan): Server {
  const { buildMs } = cloud.timings()
  const host = effect?.kind === 'no-capacity' ? null : pickHost(cloud, server.flavor, zone, together)
  if (host === null) return failing(server, cloud.now() + buildMs / 3, NO_HOST, 500)
  const placed = { ...server, host: host.name, zone: host.zone }
  if (effect?.kind === 'stuck-building') return { ...placed, taskState: 'spawning', stuck: true }
  if (effect?.kind === 'build-error') return failing(placed, cloud.now() + buildMs, effect.text, effect.code)
  return { ...placed, due: { at: cloud.now() + buildMs, event: 'settled', vmState: 'active', powerState: 1 } }
}

function failing(server: Server, at: number, message: string, code: number): Server {
  const fault: Fault = { code, message, created: at }
  return { ...server, fault, due: { at, event: 'settled', vmState: 'error', powerState: 0 } }
}

/** The API looks at the size of the data only, and the host at that of the disk in them. */
function unpack(cloud: Cloud, server: Server, { image, devices }: BuildPlan): Server {
  const disk = server.flavor.diskGb * GIB
  const need = image?.virtualSize ?? 0
  // A disk of size 0 is as large as its image, that of a volume its own.
  if (server.host === null || disk === 0 || need <= disk || devices.some(({ boot }) => boot)) return server
  const text = `Build of instance ${server.id} aborted: ${tooSmall(disk, need)}`
  return failing(server, cloud.now() + cloud.timings().buildMs, text, 500)
}

/** Makes its ports; a network without free addresses fails the build, not the request. */
function plug(cloud: Cloud, server: Server, nics: readonly Nic[], securityGroups: string[]): Server {
  if (server.host === null) return server
  try {
    for (const nic of nics) {
      // The API lets it pass; the host refuses.
      if (nic.kind === 'new' && nic.network.external && nic.network.projectId !== server.projectId)
        throw new Refusal(403, `It is not allowed to create an interface on external network ${nic.network.id}`)
      const owner = { deviceId: server.id, deviceOwner: `compute:${server.zone}` }
      if (nic.kind === 'given') cloud.state.ports.put(nic.port.id, { ...nic.port, ...owner })
      else
        addPort(cloud, {
          network: nic.network,
          projectId: server.projectId,
          ...owner,
          ownedByServer: true,
          securityGroups,
          ...(nic.fixedIp !== undefined && { fixedIp: nic.fixedIp }),
        })
    }
    return server
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // Nova tells the one reason only.
    const why =
      error.type === 'IpAddressGenerationFailure'
        ? ` with error No fixed IP addresses available for network: ${/on network (.*)\.$/.exec(error.message)?.[1]}`
        : ''
    const text = `Build of instance ${server.id} aborted: Failed to allocate the network(s)${why}, not rescheduling.`
    return failing(server, cloud.now() + cloud.timings().buildMs, text, 500)
  }
}

/** Makes its volumes; what Cinder refuses fails the build, not the request. */
function fill(cloud: Cloud, server: Server, devices: readonly BootDevice[]): Server {
  if (server.host === null || devices.length === 0) return server
  try {
    return takeVolumes(cloud, server, devices)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const text = `Build of instance ${server.id} aborted: ${error.message}`
    return failing({ ...server, stuck: false }, cloud.now() + cloud.timings().buildMs, text, 500)
  }
}
