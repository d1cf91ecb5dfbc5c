import type { Cloud } from '../cloud.ts'
import { isLive } from './status.ts'
import { lets } from './server-groups.ts'
import type { Flavor, Host, ServerGroup } from './types.ts'

/** Of a host, or of what lies on it. */
export interface Amounts {
  vcpus: number
  ramMb: number
  diskGb: number
}

const NOTHING: Amounts = { vcpus: 0, ramMb: 0, diskGb: 0 }

/** By the name of the host. */
function allUsed(cloud: Cloud): Map<string, Amounts> {
  const used = new Map<string, Amounts>()
  for (const server of cloud.state.servers.values()) {
    if (server.host === null || !isLive(server)) continue
    const sum = used.get(server.host) ?? { ...NOTHING }
    sum.vcpus += server.flavor.vcpus
    sum.ramMb += server.flavor.ramMb
    sum.diskGb += server.flavor.diskGb + server.flavor.ephemeralGb
    used.set(server.host, sum)
  }
  return used
}

export const usedOn = (cloud: Cloud, host: string): Amounts => allUsed(cloud).get(host) ?? NOTHING

/** The first host of the zone with room for the flavor that the group allows; null = "no valid host". */
export function pickHost(
  cloud: Cloud,
  flavor: Flavor,
  zone: string | null,
  group: ServerGroup | undefined,
): Host | null {
  const used = allUsed(cloud)
  for (const host of cloud.state.hosts.values()) {
    const now = used.get(host.name) ?? NOTHING
    if (
      (zone === null || host.zone === zone) &&
      now.vcpus + flavor.vcpus <= host.vcpus &&
      now.ramMb + flavor.ramMb <= host.ramMb &&
      now.diskGb + flavor.diskGb + flavor.ephemeralGb <= host.diskGb &&
      lets(cloud, group, host)
    )
      return host
  }
  return null
}

export const zones = (cloud: Cloud): string[] => [...new Set([...cloud.state.hosts.values()].map((host) => host.zone))]
