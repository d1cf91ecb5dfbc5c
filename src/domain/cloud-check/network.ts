import { failed, passed, warned, type Check } from '../check.ts'

export interface SeenNetwork {
  id: string
  name: string
  /** Neutron's word, `ACTIVE`; null where it is not told. */
  status: string | null
  projectId: string | null
  shared: boolean
  subnets: number
}

export interface NetworkVerdict {
  check: Check
  /** The one that worker VMs are plugged into, if that is clear. */
  network?: SeenNetwork
}

/**
 * Whether it is clear which network worker VMs get.
 * @param wanted id or name from the configuration
 * @param networks all that the project can see
 */
export function judgeNetwork(
  wanted: string | undefined,
  networks: readonly SeenNetwork[],
  projectId: string,
): NetworkVerdict {
  return wanted === undefined ? unnamed(networks, projectId) : named(wanted, networks)
}

const name = 'network'

function named(wanted: string, networks: readonly SeenNetwork[]): NetworkVerdict {
  const byId = networks.filter(({ id }) => id === wanted)
  const found = byId.length > 0 ? byId : networks.filter((one) => one.name === wanted)
  const [network] = found
  if (network === undefined) {
    return {
      check: failed(
        name,
        `there is no network ${wanted}; there are: ${labels(networks)}`,
        'Correct "network" of this cloud in the configuration.',
      ),
    }
  }
  if (found.length > 1) {
    return {
      check: failed(
        name,
        `${found.length} networks are called ${wanted}: ${found.map(({ id }) => id).join(', ')}`,
        'Write the id of one of them as "network" of this cloud in the configuration.',
      ),
    }
  }
  return usable(network, '')
}

/** As Nova chooses: the project's own networks and those that are shared, and a refusal (409) if these are several. */
function unnamed(networks: readonly SeenNetwork[], projectId: string): NetworkVerdict {
  const candidates = networks.filter((one) => one.shared || one.projectId === projectId)
  const [network] = candidates
  if (network === undefined) {
    return {
      check: failed(
        name,
        'the project has no network, and none is shared with it',
        'Make one with a subnet and a router, and name it as "network" of this cloud in the configuration.',
      ),
    }
  }
  if (candidates.length > 1) {
    return {
      check: failed(
        name,
        `the project has ${candidates.length}, and Nova does not choose (409): ${labels(candidates)}`,
        'Name one as "network" of this cloud in the configuration.',
      ),
    }
  }
  return usable(network, ', the only one')
}

function usable(network: SeenNetwork, note: string): NetworkVerdict {
  const own = `${network.name} (${network.id})`
  if (network.subnets === 0) {
    return {
      check: failed(name, `${own} has no subnet: VMs would get no address`, 'Make a subnet, or name another network.'),
    }
  }
  if (network.status !== null && network.status !== 'ACTIVE') {
    const check = warned(name, `${own} is ${network.status}`, 'Ask the cloud’s operators, or name another network.')
    return { check, network }
  }
  return { check: passed(name, own + note), network }
}

const labels = (networks: readonly SeenNetwork[]): string =>
  networks.map((one) => `${one.name} (${one.id})`).join(', ') || 'none'
