import { lastSeen } from './clouds.ts'
import type { Context } from './context.ts'

/** Id of the batch project on each cloud, as the watches see it: the site's own credentials are the worker process's alone. */
export async function batchProjects(context: Context): Promise<Map<string, string>> {
  const clouds = await Promise.all(
    context.loaded.config.clouds.map(async ({ name }) => [name, (await lastSeen(context, name))?.project] as const),
  )
  return new Map(clouds.flatMap(([name, project]) => (project === undefined ? [] : [[name, project] as const])))
}
