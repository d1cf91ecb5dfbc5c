import { closestFirst } from './closest.ts'
import { Problem } from './problem.ts'

/** A project of a cloud. Keystone tells most users the names of few. */
export interface Project {
  id: string
  name?: string
}

/** As Keystone makes ids of projects: a UUID, mostly without its dashes, or longer where a directory has them. */
const idForm = /^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

const mostShown = 12

/**
 * The project that was named: a known one by id or exact name, else one that is taken at its word because it has the form of an
 * id. Glance takes any word for a project, so that a name that nobody knows would be shared with nobody.
 * @throws Problem `ProjectUnknown`, `ProjectAmbiguous`
 */
export function chooseProject<Known extends Project>(
  known: readonly Known[],
  wanted: string,
  cloud: string,
): Known | Project {
  const where = `cloud ${cloud}`
  const byId = known.filter(({ id }) => id === wanted)
  const found = byId.length > 0 ? byId : known.filter(({ name }) => name === wanted)
  const [project] = found
  if (found.length > 1) {
    throw new Problem({
      code: 'ProjectAmbiguous',
      kind: 'usage',
      message: `${found.length} projects are called ${JSON.stringify(wanted)}`,
      where,
      next: 'Name one by its id.',
      details: found.map(({ id }) => id),
    })
  }
  if (project !== undefined) return project
  if (idForm.test(wanted)) return { id: wanted }
  const names = known.flatMap(({ name }) => name ?? [])
  throw new Problem({
    code: 'ProjectUnknown',
    kind: 'not-found',
    message: `there is no project ${JSON.stringify(wanted)} that you can see`,
    where,
    next: 'Name a project that you are not in by its id; its members see it in their openrc file, as OS_PROJECT_ID.',
    details: closestFirst(wanted, names).slice(0, mostShown),
  })
}
