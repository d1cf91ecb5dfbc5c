import { collect, type CloudConfig } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'
import { chooseProject, type Project } from '#domain/project.ts'
import { entriesBeside, inProject } from '#secrets/other-projects.ts'
import type { FoundCredential } from '#secrets/user-credential.ts'
import { lastSeen } from './clouds.ts'
import type { Context } from './context.ts'
import { connected } from './images.ts'

/** A project of a cloud, and who can speak for it: the worker process (it is the batch project), a credential of the user's, or nobody here. */
export interface KnownProject extends Project {
  spokenFor: 'site' | CloudConfig | 'nobody'
}

/** @throws Problem `CloudUnreachable` before the cloud's watch has seen it */
export async function batchProject(context: Context, cloud: string): Promise<KnownProject> {
  const seen = await lastSeen(context, cloud)
  if (seen?.project !== undefined) {
    const { project: id, projectName: name } = seen
    return { id, spokenFor: 'site', ...(name === undefined ? {} : { name }) }
  }
  throw new Problem({
    code: 'CloudUnreachable',
    kind: 'unreachable',
    where: `cloud ${cloud}`,
    message: 'its batch project is not known: the cloud has not answered the worker process',
    next: 'canfar-batch cloud show says why.',
  })
}

/** The projects of one cloud that the user can name: the batch project, those of their credentials, and all that they are in. */
export async function knownProjects(context: Context, found: FoundCredential): Promise<KnownProject[]> {
  const { env, directory } = context.options
  const entries = [found.config, ...entriesBeside(found.config, env, directory)]
  const [batch, own, ...named] = await Promise.all([
    batchProject(context, found.cloud).then(
      (project) => [project],
      () => [],
    ),
    mine(found),
    ...entries.map((config) => ofCredential({ cloud: found.cloud, config })),
  ])
  // of several that speak for a project the first does
  const all = [...batch, ...named.flat(), ...own]
  return all.filter(({ id }, n) => all.findIndex((other) => other.id === id) === n)
}

/** @throws Problem `ProjectUnknown`, `ProjectAmbiguous` */
export function namedProject(known: readonly KnownProject[], wanted: string, cloud: string): KnownProject {
  return { spokenFor: 'nobody', ...chooseProject(known, wanted, cloud) }
}

/** Whoever has left a project, or let its credential expire, does not speak for it: that is no problem here. */
function ofCredential(credential: FoundCredential): Promise<KnownProject[]> {
  return connected(credential, async (cloud) => {
    const [id, name] = [await cloud.projectId(), await cloud.projectName()]
    return [{ id, name, spokenFor: credential.config }]
  }).catch(() => [])
}

function mine(found: FoundCredential): Promise<KnownProject[]> {
  return connected(found, async ({ identity }) =>
    (await collect(identity.projects.mine())).map(({ id, name }): KnownProject => {
      return { id, name, spokenFor: inProject(found.config, id) ?? 'nobody' }
    }),
  ).catch(() => [])
}
