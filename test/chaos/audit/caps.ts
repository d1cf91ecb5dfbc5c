import { FLAVORS } from '#testbed/cloud/seed.ts'
import type { Books, CloudBook } from './books.ts'
import { workersOf } from './books.ts'

interface Count {
  vms: number
  cores: number
}

/** What nobody could expect any more is known to the product only once it has been seen, ms. */
const noticed = 10_000

/** At no moment a cloud had more than its caps allow: each create is looked at, with all servers that were there then. */
export function overCaps({ clouds, planted, workflows }: Books): string[] {
  const givenUp = new Map(workflows.map(({ id, closedAt = Infinity }) => [id, closedAt]))
  return clouds.flatMap((cloud) => {
    const servers = workersOf(cloud, planted).map((server) => {
      const late = server.createdAt > (givenUp.get(server.name) ?? Infinity)
      return { ...server, late, since: server.createdAt + (late ? noticed : 0) }
    })
    const over = servers.flatMap(({ createdAt, name, late }) => {
      if (late) return []
      const there = servers.filter((one) => one.since <= createdAt && (one.deletedAt ?? Infinity) > createdAt)
      const what = excess(cloud, { vms: there.length, cores: there.reduce((sum, one) => sum + coresOf(one.flavor), 0) })
      return what === undefined ? [] : [`${cloud.name} was over its cap with ${name}: ${what}`]
    })
    return over.slice(0, 3)
  })
}

function excess({ caps }: CloudBook, { vms, cores }: Count): string | undefined {
  if (caps.vms !== undefined && vms > caps.vms) return `${vms} VMs of ${caps.vms}`
  if (caps.cores !== undefined && cores > caps.cores) return `${cores} cores of ${caps.cores}`
  return undefined
}

const coresOf = (flavor: string): number => FLAVORS.find(({ name }) => name === flavor)?.vcpus ?? 0
