import type { CloudBook, Books } from './books.ts'
import { workersOf } from './books.ts'

/** No server is left, none was made twice, nothing hangs on one that is gone. */
export function serversLeft({ clouds, planted, guests }: Books): string[] {
  const others = new Set(planted.map(({ name }) => name))
  return [
    ...clouds.flatMap((cloud) => [...leftOn(cloud, planted), ...dependents(cloud)]),
    ...guests.filter((name) => !others.has(name)).map((name) => `guest ${name} is left`),
  ]
}

function leftOn(cloud: CloudBook, planted: Books['planted']): string[] {
  return workersOf(cloud, planted)
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ name, status }) => `server ${name} is left on ${cloud.name}, ${status}`)
}

function dependents({ name, inventory }: CloudBook): string[] {
  return [
    ...inventory.ports.filter(({ orphan }) => orphan).map(({ id }) => `port ${id} is left on ${name}`),
    ...inventory.volumes.filter(({ orphan }) => orphan).map(({ id }) => `volume ${id} is left on ${name}`),
    ...inventory.floatingIps.map(({ address }) => `floating address ${address} is left on ${name}`),
  ]
}

export function bootedTwice({ clouds, planted, workflows }: Books): string[] {
  const known = new Set(workflows.map(({ id }) => id))
  const names = Map.groupBy(
    clouds.flatMap((cloud) => workersOf(cloud, planted)),
    ({ name }) => name,
  )
  return [...names].flatMap(([name, same]) => [
    ...(same.length > 1 ? [`${same.length} servers were made for ${name}`] : []),
    ...(known.has(name) ? [] : [`nobody meant to boot ${name}`]),
  ])
}

/** Whatever a job ran on is in the books of a cloud. */
export function ranNowhere({ clouds, runs }: Books): string[] {
  const known = new Set(clouds.flatMap(({ servers }) => servers.map(({ name }) => name)))
  return runs
    .filter(({ vm }) => !known.has(vm))
    .map(({ job, vm }) => `job ${job} ran on ${vm}, which no cloud has ever had`)
}

/** The foreign servers are as they were planted, and nobody even tried. */
export function foreignTouched({ clouds, planted }: Books): string[] {
  return planted.flatMap(({ cloud: where, id, name, metadata }) => {
    const cloud = clouds.find((one) => one.name === where)
    const server = cloud?.servers.find((one) => one.id === id)
    const tries = (cloud?.requests ?? []).filter(({ method, path }) => method !== 'GET' && path.includes(id))
    const same =
      server?.deletedAt === null && server.name === name && JSON.stringify(server.metadata) === JSON.stringify(metadata)
    return [
      ...(same ? [] : [`foreign server ${name} is not as it was: ${JSON.stringify(server)}`]),
      ...tries.map(({ method, path }) => `foreign server ${name} was asked for ${method} ${path}`),
    ]
  })
}
